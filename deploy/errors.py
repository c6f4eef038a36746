"""What can go wrong on the way to a Space, each in one line that says what to do."""

from collections.abc import Iterator
from contextlib import contextmanager

PLAN = (
    "Gradio Spaces on cpu-basic need PRO for a person, or a Team or Enterprise plan for an "
    "organisation. Two ways out: subscribe at https://huggingface.co/pro, or add "
    "--hardware zero-a10g, which a free account in good standing may use for two Spaces"
)
_ADVICE = {
    401: "the token is missing, wrong or expired. Make one that may write at "
    "https://huggingface.co/settings/tokens, and run: hf auth login",
    402: f"the plan does not allow this. {PLAN}",
    403: "the token may not do this. Give it write access to this repository (and, for provision, "
    "to its owner), or check that the account has a payment method where one is needed",
    404: "it does not exist, or the token may not see it. Check --repo OWNER/NAME; a new Space is "
    "made by: python deploy_to_hf.py provision",
    409: "it is being changed by something else, or the name is taken. Wait a minute and try again",
    412: "the Space got another commit meanwhile. Run release again to put this version on top",
}


class DeployError(Exception):
    """Ends the command; its text is one line for a person, without a secret."""


@contextmanager
def explained(doing: str) -> Iterator[None]:
    """Turns what the Hub and the network raise into a DeployError that begins with `doing`."""
    import httpx2
    from huggingface_hub.errors import HfHubHTTPError, LocalTokenNotFoundError, OIDCError

    try:
        yield
    except HfHubHTTPError as error:
        raise DeployError(f"{doing}: {_explain(error)}") from error
    except LocalTokenNotFoundError as error:
        raise DeployError(f"{doing}: {_ADVICE[401]}.") from error
    except OIDCError as error:
        raise DeployError(
            f"{doing}: the Hub does not trust this workflow. Add it under Settings, Trusted "
            "Publishers of the Space, with this repository, branch and workflow. "
            f"({_one_line(str(error))})"
        ) from error
    except httpx2.TimeoutException as error:
        raise DeployError(f"{doing}: the Hub took too long to answer. Try again.") from error
    except httpx2.HTTPError as error:
        raise DeployError(f"{doing}: the Hub is not reachable ({error}).") from error
    except ValueError as error:
        raise DeployError(f"{doing}: {_one_line(str(error))}") from error


def _explain(error: Exception) -> str:
    response = getattr(error, "response", None)
    status = response.status_code if response is not None else 0
    headers = response.headers if response is not None else {}
    if status == 429:
        advice = f"too many requests. Try again in {_wait_seconds(headers)} seconds"
    elif status >= 500:
        advice = "the Hub has a fault of its own. Try again; https://status.huggingface.co tells"
    else:
        advice = _ADVICE.get(status, "the Hub refused it")
    said = _one_line(getattr(error, "server_message", None) or "")
    details = [f'"{said}"'] if said else []
    if request_id := headers.get("x-request-id"):
        details.append(f"request {request_id}")
    quoted = f" The Hub says: {', '.join(details)}." if details else ""
    return f"HTTP {status}: {advice}.{quoted}"


def _wait_seconds(headers: "dict[str, str]") -> str:
    """From Retry-After, or from RateLimit, which looks like `"api";r=0;t=42`."""
    if wait := headers.get("retry-after"):
        return wait
    parts = dict(part.partition("=")[::2] for part in headers.get("ratelimit", "").split(";"))
    return parts.get("t", "300")


def _one_line(text: str) -> str:
    return " ".join(text.split())[:300].rstrip(".")
