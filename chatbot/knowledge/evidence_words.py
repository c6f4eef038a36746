"""The words by which the sentence check reads: which mean the same, which claim, which are free."""

import re
from functools import cache

from chatbot.knowledge.words import QUESTION_WORDS, stem

# Written out, an abbreviation is its words: either stands for both.
ABBREVIATIONS = {
    "cto": "chief technology officer",
    "ceo": "chief executive officer",
    "cfo": "chief financial officer",
    "coo": "chief operating officer",
    "cio": "chief information officer",
    "ciso": "chief information security officer",
    "vp": "vice president",
    "svp": "senior vice president",
    "sr": "senior",
    "jr": "junior",
    "dev": "developer",
    "eng": "engineer",
    "swe": "software engineer",
    "sre": "site reliability engineer",
    "it": "it",
    "sdr": "sales development representative",
    "pm": "product manager",
    "ml": "machine learning",
    "rl": "reinforcement learning",
    "nlp": "natural language processing",
    "llm": "large language model",
    "hr": "human resources",
    "ui": "user interface",
    "ux": "user experience",
    "qa": "quality assurance",
    "oss": "open source",
    "aws": "amazon web services",
    "gcp": "google cloud platform",
    "k8s": "kubernetes",
    "js": "javascript",
    "ts": "typescript",
    "postgres": "postgresql",
    "golang": "go",
    "us": "united states",
    "usa": "united states",
    "uk": "united kingdom",
    "eu": "european union",
    "nyc": "new york",
    "sf": "san francisco",
    "ny": "new york",
    "ca": "california",
    "wa": "washington",
    "tx": "texas",
    "nj": "new jersey",
    "uni": "university",
    "cs": "computer science",
    "ba": "bachelor",
    "ma": "master",
    "osx": "os x",
    "nsf": "national science foundation",
    "acm": "association computing machinery",
    "mit": "massachusetts institute technology",
    "seo": "search engine optimization",
    "ci": "continuous integration",
    "cd": "continuous delivery",
    "ai": "artificial intelligence",
    "gen": "generation",
    "dept": "department",
    "approx": "approximately",
}
# An expansion is taken on trust only where the abbreviation itself stands in the passage.
AMBIGUOUS = frozenset("ca wa it us ma ms pm dev eng go cd ci ai".split())

SUPERLATIVES = frozenset(
    """
    best greatest top leading foremost finest youngest oldest fastest largest biggest highest lowest
    smallest strongest smartest only sole unique unparalleled unmatched unrivalled unrivaled
    world renowned famous acclaimed legendary exceptional extraordinary outstanding
    first pioneering pioneered pioneer expert experts guru visionary worldclass awardwinning
    prestigious celebrated elite premier ultimate unprecedented revolutionary groundbreaking
    worldwide internationally globally perfect flawless
    handedly exclusively solely
    """.split()
)

# Everything else that says nothing of the owner by itself.
_FREE = """
promote promoted promotion
receive received receives earn earned earns win won wins winner recognized recognised recognition
complete completed completes get gets obtain obtained hold attain secure secured reach reached
ability able about academic accordingly according across active actively actual additional
additionally advance along alongside already although among amount another apart apply approximately
area areas around aspect aspects available background based basis became become becoming belong
bring
brings brought broad broader business capacity career careers carry carried case certain clear
clearly combined company competence comprise consist contain current currently data date dates deal
dedicate deep deliver delivered detail detailed during duty early earlier easily effective
effectively efficiently effort either employ employed employee employer employment end ended engage
engaged enable enabled ensure entire equal especially exact example excellent experience experienced
experiences expertise extensive fact familiar field fields figure fill final finish finished focus
focused focusing follow following foremost former formerly forward fully function gain general given
good great hand hands held help hence highlight high highly history hold holds holding include
included includes including indeed individual industry inform initial initially instance instead
involve involved involves item join joined key knowledge known last lasting late later latest level
list listed made main mainly major make meanwhile mention mentioned minor moreover nature near
nearly
new note noted notable notably number numerous obtain occupation occupied offer offers ongoing open
order organisation organization originally outside part particular particularly past period person
personal place play played possess practical practice present previous previously primarily prior
professional professionally profile profiles proud provide provided provides qualification qualify
quantity range rate recent recently record records regard relate related relevant remain remained
respectively responsibility responsible responsibilities result resulted results role roles same
section sector see serve several share show shown shows significant significantly similar simply
since single size skill skilled small solid some span spanned spans specialise specialised
specialize specialized specific spend spent stand start started state stated stay stayed step still
strong strongly subject subsequent subsequently succeed success successfully such sum summary system
take task technical technically technology tell term thing thorough throughout time times today
together topic total totalling towards track type typical typically undertake up various vary way
well whole wide wider within work year years yet month months week weeks day days hour hours name
named call called title titled study studied studies studying degree degrees graduate graduated
university college school institute academy use used using ago old aged worth value valued mean
means plus over more than least under almost nearly roughly about around approximately exactly just
also there here where both each either amongst per via into onto upon him her them his their its he
she they it this that these those who whom whose which what when how why mr mrs ms dr prof a an the
team teams group member members people users user proficient proficiency proficiently versed adept
comfortable job position post person alone overall
monday
"""

# Words by which a good sentence is told and that claim nothing a record would hold: how something
# is said, thought, liked or valued, and the plain verbs of everyday speech.
_LIGHT = """
halfyears absolutely accomplish accomplished accomplishment achieve achieved achievement actual
actually
adapt add added adds admit again agree allow allowed allows almost amazing anyway apparently
appreciate approach aside aware away awesome basically beautiful begin behind believe benefit
besides better beyond bit brief briefly bring busy calm capable care careful carefully cares cause
caused chance change changed changes cheerful choice choose chooses chose chosen classic close
closely combination combine combines come comes coming commit commitment committed common compare
compared confident consider considered considers consist contribute convey cool core couple course
cover covered covers credit curious decide decided decision dedicate dedicated definitely
demonstrate demonstrated demonstrates depend depth describe described describes deserve desire
despite determined difference different difficult direct directly discuss distinct drive driven
drives driving due easy effort else emphasis emphasise emphasize enjoy enjoys enough enthusiasm
enthusiastic entirely essential essentially evening eventually evidence evident exciting expect
expected expertise explore express extend eye face feel feels felt final finally find finds fine
firm firmly fit fits flexible fond forget forth fortunate free fresh friendly full fun fundamental
further glad gladly go goes granted grasp grateful ground guess habit handy happen happened
happens happily happy hard hardly hear heart heavily hello hi hint honest honestly hope hopes huge
humble idea imagine immense impact impactful important impress impressed impressive incredible
incredibly inspire inspiring instead instrumental intend interest interested interesting
interestingly invest issue issued journey keen keep keeps kept kind knock knocked latter lean
learn learned least lend let life like liked likes limit listed little lives long longer look
looked looking looks lot lots love loved loves low luckily lucky manner match matter matters maybe
meaning meaningful meant meet might mind mindset mix moment mostly motivate motivated motto move
naturally neat necessary nice nicely normal normally nutshell obvious obviously occasion
occasionally okay once open openly opinion opportunity option otherwise ought outcome overview
pace pair part passion passionate path perfectly perhaps personally perspective picture piece
pivotal plain plan plans plenty point possible possibly powerful prefer prefers pretty probably
problem process promise proper properly proud proudly purpose put question quick quickly quiet
quietly quite rather ready real really reason reasonable referee referees reflect regular
regularly rely remarkable remember require required respect reveal rich right robust roll rough
run safe safely satisfy say says seek seeks seem seems sense sensible separate serious set setting
settle setup shape shaped shine short shortly showcase showcased showcases showcasing side simple
situation skilful slow slowly smooth smoothly solid somebody someone something sometimes somewhat
soon sort sound space spare speaks speed spirit spot stack stage status stick stop story
straightforward
strength strengthen strengths stress strive suggest suit suits summarise summarize summary summer
suppose sure surely surprise swiftly talented tend tends tenure terrific thank thanks think thinks
thorough thoughtful thread thrive thrives tough tremendous tried tries trivial truly truth try
turn turned turns ultimately understand understanding understands understood unique unusual useful
usually valuable value values versatile vital wait walk want wanted wants warm watch weakness
weaknesses welcome whatever whenever whether willing wish wonder wonderful word words worry worth
yes yesterday zone
accordingly accurate afterwards ahead alike allow altogether amount annual appear appeared appears
apply arrangement arrive arrived aspect attend attitude average bear been began begins being bill
born bottom bound brings broadly came category certainly characterise circumstance comes comfortable
commonly considerable considerably constant content context continue continued continues contrast
counterpart crucial current decent deeply deliberately did differ disappear distance does doing done
duration eager ease easier edge eligible enter entry equal equally equivalent evenly exactly exceed
except exist expensive extent extra fair fairly favour favoured favourite favours fellow few finding
firstly flow forever form formal formally fortunate found fraction frequent frequently front gets
gladly goes going gone got gradually grown happening hence ideal identify imply inclined inexpensive
informal inside insight insist intense itself joint keen kept lapse lapsed largely lay left length
lie likewise logical lower made main maker makes making manner maximum mean medium mere merely
middle midway mild minimum modest motion multiple mutual nearby neighbouring nevertheless
nonetheless nothing notion nowadays object observe occur odd official older onward onwards opt
ordinary outline overlap overlapped owe pattern perceive percentage plainly plus polite poor portion
pose possible potential precise preference prepare prepared presence presently prior probable proof
proportion prospect provided put puts rapid rapidly rare rarely rather regard relatively relaxed
reliable remain remains remark remind respect rest roughly round secondly serious sharp
shortly sight similar simultaneously slight slightly smaller sooner source specific spread stable
standard steadily stretch strict sudden sufficient suitable surround target taste temporary
thereafter thereby thirdly thought thus tight tiny total toward towards trend unclear underlying
unlike unlikely upper usual vast via view visible weak weekly whereas whereby wherever whilst whole
widely wish within younger
"""

_CURRENCIES = "dollar dollars euro euros usd eur gbp pounds percent"
_STATE = frozenset("work works worked working employ serve role position job".split())
MONTHS = {
    month: number
    for number, names in enumerate(
        """jan january januar janvier enero gennaio januari janeiro
feb february februar fevrier febrero febbraio februari fevereiro
mar march marz mars marzo maart marco
apr april avril abril aprile
may mai mayo maggio mei maj maio
jun june juni juin junio giugno junho
jul july juli juillet julio luglio julho
aug august aout agosto augustus augusti
sep sept september septembre septiembre settembre setembro
oct okt october oktober octobre octubre ottobre outubro
nov november novembre noviembre novembro
dec dez december dezember decembre diciembre dicembre dezembro""".splitlines(),
        start=1,
    )
    for month in names.split()
}
NEGATIONS = frozenset(
    "not never no none neither nor without lack lacks lacked cannot cant dont doesnt didnt isnt"
    " arent wasnt werent hasnt havent hadnt wont wouldnt nobody nothing unable refuses"
    " refuse refused dislike dislikes disliked hate hates avoid avoids avoided reject rejects"
    " rejected unwilling incapable".split()
)
START_CUES = frozenset(
    "since promoted joined join joins start started began begin from founded hired seit desde"
    " depuis dal".split()
)
BEGUN_CUES = START_CUES | frozenset(
    "became transitioned assigned appointed awarded named initial moved took hired".split()
)
END_CUES = frozenset(
    "until till left leave graduated graduating graduate departed quit resigned through bis hasta"
    " jusqua jusquen ate fino".split()
)
DONE_CUES = frozenset("finished completed ended concluded".split())
# What was planned, or nearly reached, is not what was done.
PLANNED = re.compile(
    r"(?i)\b(?:aim(?:s|ed|ing)? to|aspir\w+|hop(?:es?|ing) to|intends? to|plan(?:s|ning)? to"
    r"|pursuing|(?:may|might) consider|considering"
    r"|expected(?: to| in|,| (?:\w+ )?20\d\d)|in progress|in preparation|planned"
    r"|booked for|pending|to be (?:written"
    r"|taken|finished|completed)|to finish|application submitted|still to come|not submitted"
    r"|no diploma|left after|learning\b|proof of concept|expired|lapsed|would consider|hopes to"
    r"|work(?:s|ing) towards?|wants? to"
    r"|would like|looking (?:for|to)|ambitions?|interested in)\b"
)
NEARLY_WON = re.compile(
    r"(?i)\b(?:honou?rable mention|finalist|runner-?\s?up|nominat\w+|nominee|shortlist\w*"
    r"|second place)\b"
)
PERIODS = {
    "daily": "day", "nightly": "night", "weekly": "week", "monthly": "month",
    "quarterly": "quarter", "yearly": "year", "annual": "year", "annually": "year",
    "hourly": "hour",
}  # fmt: skip
ONGOING_CUES = frozenset("currently now today present nowadays ongoing current still".split())
ENDED_CUES = frozenset("formerly former previously previous past left quit ex resigned ago".split())
COUNTED = {
    "degree": "education", "degrees": "education", "job": "work", "jobs": "work", "role": "work",
    "roles": "work", "position": "work", "positions": "work", "employer": "employer",
    "employers": "employer", "company": "employer", "companies": "employer",
    "internship": "intern", "internships": "intern", "project": "project", "projects": "project",
    "publication": "publication", "publications": "publication", "paper": "publication",
    "papers": "publication", "patent": "patent", "patents": "patent", "award": "award",
    "awards": "award", "honor": "award", "honors": "award", "honour": "award", "honours": "award",
    "certification": "certificate", "certifications": "certificate",
    "certificate": "certificate", "certificates": "certificate", "language": "listed",
    "languages": "listed", "framework": "listed", "frameworks": "listed", "tool": "listed",
    "tools": "listed", "skill": "listed", "skills": "listed", "talk": "talk", "talks": "talk",
    "university": "education", "universities": "education", "school": "education",
    "schools": "education", "reference": "reference", "references": "reference",
    "course": "listed", "courses": "listed", "technologies": "listed", "database": "listed",
    "databases": "listed", "bonuses": "listed", "scholarships": "listed",
}  # fmt: skip


@cache
def free_stems() -> frozenset[str]:
    """The stems of words that need no support."""
    return frozenset(stem(word) for word in [*_FREE.split(), *QUESTION_WORDS])


@cache
def light_stems() -> frozenset[str]:
    """The stems of words that may be new to a profile in a sentence that it supports."""
    return frozenset(map(stem, {*_LIGHT.split(), *_CURRENCIES.split(), *ONGOING_CUES}))


@cache
def cue_stems() -> frozenset[str]:
    """The stems of words that only lead to a date, where there is one."""
    return frozenset(map(stem, {*START_CUES, *END_CUES, *DONE_CUES, *ENDED_CUES}))


@cache
def state_stems() -> frozenset[str]:
    """The stems that only say that somebody worked somewhere."""
    return frozenset(map(stem, _STATE))


# Where one of another language's commonest words stands and hardly an English one.
_OTHER_LANGUAGES = frozenset(
    """
    der die das und ist ein eine einen mit von zu im bei fur auf als hat war wurde nicht sie er seit
    le la les des et est une un dans du avec pour chez que qui elle il sur au aux sont depuis
    el los las y es una con por para en que su fue trabaja desde como del
    il lo gli e di che per con una nel della presso sono
    het een en van met voor bij als heeft is op te
    och ar en ett pa hos som har med av for det
    o os as um uma com na no em e da do foi trabalha desde
    son projet projeto proyecto trabajo trabaja trabajaba estudio tiene habla ha sus ella fueron
    trabalhou estudou tem fala ela
    ele seu sua foram pela pelo travaille etude parle elle ses sa leur dans ete etait titulaire
    arbeitet arbeitete studierte spricht leitete wurden seine ihre ihr sein beim durch uber sich
    lavora lavorato parla suo sua nel alla dalla
    """.split()
)
# No words that German, French, Spanish, Italian or Portuguese have as well.
_ENGLISH = frozenset(
    "the and is has have of at for with he she they his to by from it are were had that this their"
    " who which since".split()
)
FOREIGN_TITLES = re.compile(
    r"\b(?:ingenieur\w*|entwickler\w*|leiter\w*|leitend\w*|direktor\w*|berater\w*|geschaftsfuhrer\w*"
    r"|praktikant\w*|wissenschaftler\w*|professor\w*|architekt\w*|technische[rn]? leit\w*"
    r"|ingenieure?|developpeu\w*|directeur|directrice|chef(?:fe)?|responsable|stagiaire|consultante?"
    r"|ingenier[oa]|desarrollador\w*|director\w*|jef[ea]|gerente|becari\w*|consultor\w*|fundador\w*"
    r"|ingegnere|sviluppator\w*|direttor\w*|responsabile|tirocinante|fondator\w*"
    r"|ontwikkelaar|directeur|stagiair\w*|adviseur|manager|utvecklare|chef|konsult|praktikant"
    r"|engenheir[oa]|desenvolvedor\w*|diretor\w*|estagiari[oa]|oprichter|grunder\w*|fondat\w*"
    r"|doutorado|dottorato|mestrado|maestria|diplom\w*|promovier\w*"
    r"|meister|doktor\w*|doctorat|doctorado|laurea|licence|licenciatura|master\w*|bachelor\w*)\b"
)
GERMAN = frozenset(
    "der die das und ist ein eine mit von im bei fur auf hat war sie er seit".split()
)


_ONLY_OTHER = _OTHER_LANGUAGES - _ENGLISH


def is_other_language(words: list[str]) -> bool:
    """Whether a sentence, as plain words, is not in English."""
    other = sum(word in _ONLY_OTHER for word in words)
    english = sum(word in _ENGLISH for word in words)
    return other >= 2 and other > english
