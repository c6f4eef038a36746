"""The headings that people use in CVs, and the kind of section each one opens."""

import re

from chatbot.knowledge.audience import strip_tags
from chatbot.knowledge.sections import SectionKind

_PHRASES: dict[SectionKind, str] = {
    SectionKind.ABOUT: "summary, professional summary, career summary, executive summary, profile, "
    "professional profile, about, about me, who i am, overview, objective, career objective, "
    "introduction, personal statement, bio, biography, what i look for, availability, "
    "how i work, zusammenfassung, profil, über mich, résumé, à propos, resumen, perfil, sobre mí",
    SectionKind.CONTACT: "contact, contact details, contact information, personal details, "
    "personal information, kontakt, persönliche daten, coordonnées, contacto, links",
    SectionKind.WORK: "experience, work, work experience, professional experience, "
    "employment, employment history, work history, career, career history, career progression, "
    "relevant experience, professional background, positions, internships, academic positions, "
    "academic appointments, academic experience, teaching, teaching experience, posts, "
    "teaching posts, appointments, roles, professional history, positions held, "
    "berufserfahrung, beruflicher werdegang, expérience, expériences, "
    "expérience professionnelle, expériences professionnelles, experiencia, "
    "experiencia laboral, experiencia profesional",
    SectionKind.PROJECT: "projects, project, personal projects, side projects, selected projects, "
    "key projects, open source, open-source projects, portfolio, projekte, projets, proyectos",
    SectionKind.SKILL: "skills, top skills, key skills, technical skills, core skills, "
    "core competencies, competencies, technologies, tech stack, tools, expertise, "
    "software, it skills, software skills, tools & technologies, tools and technologies, "
    "areas of expertise, technical expertise, skills & tools, skills and tools, "
    "kenntnisse, fähigkeiten, kompetenzen, compétences, habilidades, competencias, aptitudes",
    SectionKind.EDUCATION: "education, academic background, education and training, training, "
    "qualifications, academic qualifications, studies, courses, coursework, ausbildung, "
    "bildung, studium, formation, educación, formación, formación académica",
    SectionKind.CERTIFICATE: "certifications, certificates, certification, licenses, "
    "licenses & certifications, licenses and certifications, licences, licences and "
    "certificates, licences & certificates, registration, registrations, memberships, "
    "professional registration, professional status, professional memberships, zertifikate, "
    "certificaciones",
    SectionKind.PUBLICATION: "publications, selected publications, papers, patents, talks, "
    "invited talks, presentations, conference talks, articles, publikationen, publicaciones",
    SectionKind.AWARD: "awards, honors, honours, honors-awards, honors & awards, "
    "honors and awards, awards and honors, awards & honors, selected honors, achievements, "
    "recognition, accomplishments, scholarships, grants, fellowships, auszeichnungen, prix, "
    "premios",
    SectionKind.LANGUAGE: "languages, language skills, sprachen, sprachkenntnisse, langues, "
    "idiomas",
    SectionKind.VOLUNTEER: "volunteer, volunteering, volunteer experience, volunteer work, "
    "community, community service, service, academic service, professional service, ehrenamt, "
    "bénévolat, voluntariado",
    SectionKind.INTEREST: "interests, hobbies, hobbies and interests, hobbies & interests, "
    "interessen, centres d'intérêt, intereses",
    SectionKind.REFERENCE: "references, recommendations, testimonials, referenzen, referencias",
    SectionKind.FAQ: "faq, faqs, frequently asked questions, questions and answers, q&a",
    SectionKind.TEXT: "other, other information, additional information, further information, "
    "miscellaneous, practical, practical matters, practical information, general, terms, notes, "
    "sonstiges, divers, otros",
    SectionKind.STORY: "stories, failures, lessons, lessons learned, failures and lessons",
}
_KNOWN = {
    phrase.strip(): kind for kind, phrases in _PHRASES.items() for phrase in phrases.split(",")
}
# In a longer heading these tell nothing of what stands below it: "Software Engineer".
_UNTELLING = frozenset(
    "links tools about work positions posts roles software registration registrations".split()
)
_WORDS = {
    phrase: kind
    for phrase, kind in _KNOWN.items()
    if " " not in phrase and phrase not in _UNTELLING and kind is not SectionKind.TEXT
}
_SPACED_LETTERS = re.compile(r"^(?:\S )+\S$")

# One of these is a thing of its own: a job, a degree, a project.
ENTRY_KINDS = frozenset(
    {
        SectionKind.WORK,
        SectionKind.EDUCATION,
        SectionKind.PROJECT,
        SectionKind.PUBLICATION,
        SectionKind.VOLUNTEER,
        SectionKind.REFERENCE,
    }
)


def known_heading(line: str) -> SectionKind | None:
    """Return the kind that a line opens when the whole line is a usual CV heading."""
    return _KNOWN.get(_bare(line))


def heading_kind(heading: str) -> SectionKind | None:
    """Return the kind of what is known to be a heading, by its words where need be."""
    kind = known_heading(heading)
    if kind is not None:
        return kind
    if strip_tags(heading).endswith("?"):
        return SectionKind.FAQ
    words = _bare(heading).split()
    if len(words) > 5:
        return None
    return next((_WORDS[word] for word in words if word in _WORDS), None)


def readable_heading(line: str) -> str:
    """Return a heading as it is shown: no colon, letters not spaced out, not in capitals."""
    heading = line.strip().rstrip(":").strip()
    if _SPACED_LETTERS.match(heading):
        heading = heading.replace(" ", "")
    is_word = len(heading) > 4 or known_heading(heading) not in (None, SectionKind.FAQ)
    return heading.capitalize() if heading.isupper() and is_word else heading


def _bare(line: str) -> str:
    line = strip_tags(line)
    bare = " ".join(line.casefold().strip(" :•-–—#*_").split())
    return bare.replace(" ", "") if _SPACED_LETTERS.match(bare) else bare
