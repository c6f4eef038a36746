"""What a German job description asks for, in the English words that the rules read.

Only the turns of phrase of requirements are known: names of skills are the same in both languages,
and what is not known stays as it is.
"""

import re

_WORDS = (
    (r"mindestens|wenigstens", "at least"),
    (r"(\d{1,2})\s*\+?\s*(?:bis\s*\d{1,2}\s*)?jahren?\b", r"\1 years of"),
    (r"mehrjährige[rns]?|langjährige[rns]?", "several years of"),
    (r"(?:einschlägige[rns]?\s+)?(?:berufs|praxis)?erfahrung(?:en)?", "experience"),
    (r"führungserfahrung|personalverantwortung", "experience leading a team"),
    (r"projektmanagement", "project management"),
    (r"softwareentwicklung", "software development"),
    (r"verhandlungssichere?[rns]?|verhandlungssicher", "business fluent"),
    (r"fließende?[rns]?|fließend", "fluent"),
    (r"(?:sehr|ausgezeichnete?[rns]?) gute?[rns]?", "very good"),
    (r"gute?[rns]?", "good"),
    (r"(?:fundierte?|solide|tiefe|umfassende|ausgeprägte|vertiefte)[rns]?", "solid"),
    (r"(?:erste|grundlegende)[rns]?", "basic"),
    (r"grundkenntnisse", "basic knowledge"),
    (r"deutsch(?:er|e)?\s*-?(?:kenntnisse|sprachkenntnisse)|deutschkenntnisse", "German language"),
    (r"englisch(?:e)?\s*-?(?:kenntnisse|sprachkenntnisse)|englischkenntnisse", "English language"),
    (r"französisch(?:kenntnisse)?", "French language"),
    (r"spanisch(?:kenntnisse)?", "Spanish language"),
    (r"italienisch(?:kenntnisse)?", "Italian language"),
    (r"deutsch", "German language"),
    (r"englisch", "English language"),
    (r"muttersprach\w*", "native"),
    (r"in wort und schrift", "spoken and written"),
    (r"(?:abgeschlossenes\s+)?(?:hochschul|universitäts|master|bachelor)?studium"
     r"(?:\s+(?:der|des|in|im bereich))?", "degree in"),
    (r"wirtschaftsinformatik", "business informatics"),
    (r"informatik", "computer science"),
    (r"mathematik", "mathematics"),
    (r"(?:betriebs)?wirtschaftslehre|bwl", "business administration"),
    (r"maschinenbau", "mechanical engineering"),
    (r"elektrotechnik", "electrical engineering"),
    (r"oder (?:einer?s?\s+)?vergleichbare[rns]?(?:\s+\w+)?", "or a comparable field"),
    (r"kenntnisse(?:\s+(?:in|im|mit|über|der|von))?", "knowledge of"),
    (r"umgang mit|arbeit mit", "experience with"),
    (r"team(?:fähigkeit|geist)|teamfähig", "team player"),
    (r"kommunikations(?:stärke|fähigkeit\w*)|kommunikativ\w*", "communication skills"),
    (r"eigeninitiative|selbständige?\w*(?:\s+arbeitsweise)?|selbstständige?\w*(?:\s+arbeitsweise)?"
     r"|eigenverantwortlich\w*", "self-motivated"),
    (r"analytische[rns]?(?:\s+denken)?", "analytical"),
    (r"zuverlässig\w*", "reliable"),
    (r"flexibilität|flexibel", "flexible"),
    (r"reisebereitschaft", "willing to travel"),
    (r"arbeitserlaubnis", "work permit"),
    (r"führerschein(?:\s+(?:der\s+)?klasse\s+\w+)?", "driving licence"),
    (r"von vorteil|wünschenswert|idealerweise|ein plus|gerne auch", "is a plus"),
    (r"zertifizierung(?:en)?|zertifikat\w*", "certification"),
    (r"und", "and"),
    (r"oder", "or"),
    (r"mit", "with"),
    (r"wie z\.\s?b\.|z\.\s?b\.|zum beispiel|beispielsweise", "such as"),
)  # fmt: skip
_TABLE = tuple((re.compile(rf"(?i)(?<!\w)(?:{words})(?!\w)"), said) for words, said in _WORDS)
# One of these in a line, and it is German.
_GERMAN = re.compile(
    r"(?i)\b(?:\w*kenntnisse|\w*erfahrung(?:en)?|und|oder|jahren?|\w*studium|deutsch|englisch"
    r"|mindestens|\w+fähigkeit|\w+bereitschaft|\w+schein|vorteil|wünschenswert|arbeitserlaubnis"
    r"|selbst?ständige?\w*|zuverlässig\w*|\w*stärke|eigeninitiative)\b"
)


def as_english(text: str) -> str:
    """A requirement with its German turns of phrase in English; any other text as it is."""
    if _GERMAN.search(text) is None:
        return text
    for pattern, said in _TABLE:
        text = pattern.sub(said, text)
    return " ".join(text.split())
