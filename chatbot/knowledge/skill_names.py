"""Names of skills, by the topic that they belong to, and how else they are written.

The topics decide between a gap and an open question: who lists programming languages and not this
one lacks it; who lists none has said nothing. The names are those of the tags that the yearly Stack
Overflow survey asks for (https://survey.stackoverflow.co/2024/technology), and of common practices.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

_TOPICS = {
    "programming languages": """Python|SQL|Go=golang|Java|JavaScript=js=ECMAScript|TypeScript|Rust|
        C++|C#=csharp|Ruby|PHP|Kotlin|Swift|Scala|Perl|Haskell|Elixir|Erlang|Clojure|MATLAB|Julia|
        Objective-C|COBOL|Fortran|Visual Basic=VBA|Bash=shell scripting|PowerShell|Dart|Lua|Groovy|
        F#""",
    "databases": """PostgreSQL=postgres|MySQL|MariaDB|Oracle|SQL Server=MSSQL|SQLite|MongoDB=mongo|
        Redis|Cassandra|DynamoDB|Elasticsearch=elastic search=opensearch|ClickHouse|Neo4j|Snowflake|
        BigQuery|Redshift|NoSQL|CockroachDB|Databricks""",
    "cloud providers": """AWS=amazon web services|Azure|GCP=google cloud=google cloud platform|
        Alibaba Cloud|IBM Cloud|Heroku|DigitalOcean""",
    "data platforms": """Kafka=apache kafka|Flink=apache flink|Spark=apache spark=pyspark|
        Hadoop|Airflow=apache airflow|dbt|Iceberg=apache iceberg|Beam=apache beam|Kinesis|
        Pulsar|Hive|Presto|Trino|NiFi|Delta Lake""",
    "message brokers": "RabbitMQ|ActiveMQ|ZeroMQ|NATS|SQS|MQTT|Qpid",
    "frontend frameworks": """React=react.js=reactjs|Angular=angularjs|Vue=vue.js=vuejs|Svelte|
        Next.js|HTML|CSS|Tailwind|jQuery|Redux|Webpack""",
    "backend frameworks": """Django|Flask|FastAPI|Spring=spring boot|Node.js=node=nodejs|Express.js|
        Rails=ruby on rails|Laravel|.NET=asp.net=dotnet|NestJS|Symfony|gRPC|GraphQL|
        REST=REST API=RESTful=REST APIs=REST API design""",
    "mobile": "Android|iOS|Flutter|React Native|SwiftUI|Xamarin",
    "operations": """Kubernetes=k8s|Docker|Terraform|Ansible|Puppet|Chef|Helm|Jenkins|
        GitLab CI|GitHub Actions|CI/CD=continuous integration=continuous delivery|Prometheus|
        Grafana|Datadog|Linux|Unix|OpenShift|CloudFormation|ArgoCD|Splunk|Nginx|Istio|Pulumi""",
    "data science": """Machine Learning=ML|Deep Learning|PyTorch|TensorFlow|scikit-learn=sklearn|
        Pandas|NumPy|NLP=natural language processing|Computer Vision|LLM=LLMs=large language models|
        Tableau|Power BI|Looker|Data Science|Statistics|A/B testing|MLOps""",
    "design": """Figma|Sketch|Photoshop|Illustrator|UX=user experience|UI design|User Research|
        Wireframing|InDesign|Design Systems|Service Design|Content Strategy""",
    "business software": """SAP|Salesforce|HubSpot|Jira|Excel|ServiceNow|Dynamics 365|Workday|
        Marketo""",
    "": """Distributed Systems|Microservices=microservice|Event-driven|Data Modeling=data modelling|
        Data Engineering|Data Pipelines=data pipeline|Data Governance|Data Contracts|ETL=ELT|
        System Design|Software Architecture|Technical Leadership|
        Mentoring=mentor=mentorship=coaching|
        People Management=line management|Team Leadership|Project Management|Product Management|
        Stakeholder Management|Agile|Scrum|Kanban|On-call|Incident Response|Observability|
        Site Reliability=SRE|DevOps|DevSecOps|Penetration Testing|Accessibility|
        Technical Writing=documentation|Public Speaking|Code Review=code reviews|
        Unit Testing=automated testing|Property-based Testing|TDD=test-driven development|
        Open Source|Git|Networking|Embedded|Blockchain|Billing|Payments|Accounting|ISO 27001|GDPR|
        Marketing|SEO|Copywriting|Recruiting|Sales|Negotiation|Budgeting|Procurement|
        API Design|Migrations=migration|Infrastructure as Code|Data Warehouse=data warehousing""",
}
# Words of the language too: read as names only where they are written like one.
_LIKE_WORDS = frozenset(
    "go rust swift spark ruby flask react spring chef puppet helm beam julia dart node sketch "
    "excel oracle express sales security sap rest hive looker ml ux git nats iOS".lower().split()
)


_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Skill:
    """A skill by its usual name, its topic ("" for one of its own) and all ways to write it."""

    name: str
    topic: str
    wordings: tuple[str, ...]

    @property
    def pattern(self) -> re.Pattern[str]:
        """Finds the skill in a text, as a whole word."""
        return name_pattern(self.wordings)


@dataclass(frozen=True)
class Mention:
    """A skill named in a text, and where."""

    skill: Skill
    start: int
    end: int


@cache
def name_pattern(wordings: tuple[str, ...]) -> re.Pattern[str]:
    """Finds any of some names as a whole word; one that is a word too only with its capitals."""
    parts = [_wording(word) for word in sorted(wordings, key=len, reverse=True)]
    return re.compile(rf"(?<![\w+#.-])(?:{'|'.join(parts)})(?![\w+#]|-\w)")


def _wording(word: str) -> str:
    if word == "Go":
        return r"Go(?! (?:to|through|beyond|above|ahead|on|live|back|for|the)\b)"
    escaped = re.escape(word).replace(r"\ ", r"[\s-]+").replace(r"\-", r"[\s-]?")
    return escaped if word.lower() in _LIKE_WORDS else f"(?i:{escaped})"


@cache
def known_skills() -> tuple[Skill, ...]:
    """Every skill of the topics."""
    skills = []
    for topic, names in _TOPICS.items():
        for entry in " ".join(names.split()).split("|"):
            wordings = tuple(word.strip() for word in entry.split("="))
            skills.append(Skill(wordings[0], topic, wordings))
    return tuple(skills)


def find_skills(text: str, more: tuple[Skill, ...] = ()) -> list[Mention]:
    """The skills that a text names, in order, none inside another; `more` are known beside."""
    index = _index(more)
    chosen: list[Mention] = []
    end = 0
    for word in _WORD.finditer(text):
        if word.start() < end:
            continue
        start = word.start() - (text[word.start() - 1 : word.start()] == ".")
        found = [
            Mention(skill, start, match.end())
            for skill in index.get(word[0].lower(), ())
            for match in [skill.pattern.match(text, start)]
            if match
        ]
        if found:
            chosen.append(max(found, key=lambda mention: mention.end))
            end = chosen[-1].end
    return chosen


@lru_cache(maxsize=8)
def _index(more: tuple[Skill, ...]) -> dict[str, list[Skill]]:
    """Skills by the first word of each of their names."""
    index: dict[str, list[Skill]] = {}
    for skill in (*known_skills(), *more):
        for key in dict.fromkeys(_WORD.findall(word)[0].lower() for word in skill.wordings):
            index.setdefault(key, []).append(skill)
    return index
