# The program in a small image: no compiler, no tests, no user with rights.
FROM python:3.12-slim-bookworm AS packages
COPY requirements.txt .
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --disable-pip-version-check -r requirements.txt

FROM python:3.12-slim-bookworm
RUN useradd --uid 1000 --create-home chatbot && mkdir /data && chown chatbot:chatbot /data
WORKDIR /app
COPY --from=packages /venv /venv
COPY app.py LICENSE ./
COPY chatbot chatbot
COPY dashboards dashboards
COPY data data
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DATA_DIR=/data
# Compiled here, as the program may write nothing in /app.
RUN python -m compileall -q chatbot dashboards
USER chatbot
VOLUME /data
EXPOSE 7860
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as web; web.urlopen(f\"http://127.0.0.1:{os.environ.get('PORT') or 7860}/api/health\", timeout=4)"]
CMD ["python", "app.py"]
