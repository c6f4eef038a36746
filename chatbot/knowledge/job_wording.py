"""The words by which a job description says what its parts are: headings, and what sentences tell.

The kinds are the properties of https://schema.org/JobPosting and the parts of a vacancy notice in
5 CFR 330.104 (https://www.ecfr.gov/current/title-5/section-330.104), in the words of postings.
"""

import re

# What a sentence is worth below a heading of each kind, and before the first heading.
KEEP, _FACTS, _DROP = 2.0, -1.2, -4.0
OPENING = 0.0


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


BULLET = re.compile(
    r"^[ \t>]*(?:[#*\-\u2022\u00b7\u25aa\u25cf\u2013\u2014o]+(?=[ \t])|\d{1,2}[.)])[ \t]*"
)
SENTENCE = re.compile(
    r"(?<=[.!?])(?<!e\.g\.)(?<!i\.e\.)(?<!etc\.)(?<!\b[A-Z]\.)[\"\u201d)]?\s+(?=[\"\u201c(]?[A-Z\[\u00c0-\u00de0-9])"
    r"|\s+(?=[\u2022\u00b7\u25aa\u25cf]\s)"
)

# Headings of all three kinds, tried in this order: "what we offer" is no duty, "about the role" is.
_DROP_HEADING = _any_of(
    r"\b(?:benefits?|perks|what(?:'s| is)? (?:in it for you|we (?:can )?offer|do we offer"
    r"|you(?:'ll)? get)"
    r"|we (?:can )?offer(?: you)?|our offer|why (?:join|work|us|you(?:'ll)? (?:should|will)"
    r"|choose)|wir bieten)\b",
    r"\b(?:how|where) to apply\b|\bapply(?:ing)?\b|\bapplications?(?: (?:and|process|procedure"
    r"|deadline|evaluation|period))?\s*:?$"
    r"|\bapplication (?:process|procedure|deadline|evaluation|and|should)|\b(?:hiring|interview"
    r"|recruitment|selection) (?:process|steps)"
    r"|\bnext steps\b|\bcontacts?(?: (?:us|person|information|details))?\s*:?$|\bcontact (?:us"
    r"|information|person|details)"
    r"|\bfurther information\b|\bmore information\b|\badditional information\b|\bclosing date\b"
    r"|\bquestions\?",
    r"\babout (?:us|the (?:company|employer|organi[sz]ation|firm|group|business|department"
    r"|institute|university))\b"
    r"|\bwho (?:we|are we)\b(?! (?:are )?(?:look|seek|want|need|hir))|\b(?:company|employer"
    r"|organi[sz]ation) (?:description|overview|profile|size|type|culture|info\w*)\b"
    r"|\bour (?:culture|values|story|company|benefits|commitment|history|people|office)\b"
    r"|\bcompany\s*:?$|\bculture\b|\babout [A-Z\[]",
    r"\b(?:equal|eeo|diversity|inclusion|accommodations?|disclaimer|privacy|data protection"
    r"|non-?discrimination|legal)\b",
    r"\b(?:compensation|salary|pay|remuneration|relocation|pension|insurance|vacation|holidays?"
    r"|time off|wellness|bonus)\b",
    r"\bthis (?:job|position|posting|vacancy) (?:posting )?(?:has|is) (?:been )?(?:closed"
    r"|filled"
    r"|no longer)\b|\b(?:likes|dislikes)\s*:",
)
_KEEP_HEADING = _any_of(
    r"\b(?:requirements?|qualifications?|qualified|skills?|skillset|competenc(?:y|ies|e)"
    r"|capabilities|must[- ]haves?|nice[- ]to[- ]haves?"
    r"|desirables?|desired|essentials?|preferred|required|mandatory|prerequisites?|bonus points"
    r"|pluses|expertise|knowledge|education|certifications?"
    r"|languages?|technolog(?:y|ies)|tech(?:nical)? (?:stack|environment)|(?:our|the) stack"
    r"|tools|(?:your|candidate|person|ideal) (?:profile|specification)|profile|background"
    r"|abilities)\b",
    r"\b(?:responsibilit(?:y|ies)|duties|duty|tasks?|objectives?|mission|accountabilit(?:y|ies)"
    r"|deliverables|activities|assignments?|day[- ]to[- ]day"
    r"|typical day|scope of work|functions?|goals|expectations|challenges?|impact)\b",
    r"\bwhat (?:you|will you)\b(?!(?:'|\u2019)?(?:ll)? get)|\bwhat(?:'|\u2019)?s? (?:we(?:'"
    r"|\u2019)?(?:re| are)? (?:look|seek|expect|need|want|requir)|(?:is )?expected|it takes"
    r"|the job)"
    r"|\bwho (?:you|we(?:'|\u2019)?(?:re| are) (?:look|seek|want|need))|\bwe(?:'|\u2019)?(?:re"
    r"| are) (?:looking|seeking)\b|\byou(?:'|\u2019)?(?:ll| will| have| are| bring| might"
    r"| should| must| need)?\b(?=.{0,40}:?$)",
    r"\b(?:the|your|this) (?:role|job|position|work|opportunity|responsib\w+|tasks?|mission"
    r"|challenge|profile)\b|\b(?:role|job|position) (?:summary|overview|purpose|description"
    r"|specification|duties)\b"
    r"|\bthe (?:ideal|successful|right) (?:candidate|applicant|person)\b|\babout you\b"
    r"|\bin this (?:role|position|job)\b|\bexperience\b(?! level)",
    r"\b(?:aufgaben|anforderungen|profil|qualifikationen|kenntnisse)\b",
)
# Over one value; what follows it is the text itself.
_VALUE_HEADING = _any_of(
    r"\bjob (?:type|location|title)\b|\blocations?\b|\bindustry\b|\b(?:experience"
    r"|seniority) level\b|\bemployment type\b|\bdate posted\b|\b(?:start|starting) date\b"
    r"|\bdepartment\b|\bwork(?:ing)? (?:hours|schedule)\b"
    r"|\bseries\b|\bgrade\b|\bstatus\b|^(?:title|position|role)\s*:$"
)
_FACTS_HEADING = _any_of(
    r"\b(?:basic|general|key) information\b|\bjob (?:summary|info|details|facts)\b|\b(?:key"
    r"|employment|citizenship|security|application|conditions? of) (?:requirements"
    r"|employment)\b"
    r"|\bemployment terms\b|\bwork(?:ing)? conditions\b"
    r"|\bterms\b|\bvacanc(?:y|ies)\b|^(?:about )?(?:the|our|your) (?:\w+ )?team\b"
    r"|\bteams? hiring\b|^(?:about )?the product\b(?!.*features)|\bopportunity overview\b"
    r"|\b(?:what|where) (?:do )?we (?:do|work)\b"
    r"|\bconditions? of\b|\bif (?:you(?:'|\u2019)re |you are )?selected\b|\bcitizens?\w*\b"
    r"|\bevaluat(?:ion|ed)\b|\bupcoming\b|\bbackground (?:check|investigation)",
)

HEADINGS = (
    (_DROP_HEADING, _DROP),
    (_VALUE_HEADING, OPENING),
    (_FACTS_HEADING, _FACTS),
    (_KEEP_HEADING, KEEP),
)
# "Experience with Java" is a requirement and no heading.
LIST_ITEM = re.compile(
    r"(?i)^(?!what|who|how|why).*\b(?:experience|knowledge|background|expertise|proficien\w+"
    r"|skills?|manage) (?:with|in|of|using|and)\b|^(?:good|strong|excellent|manage|fluent"
    r"|\w+ing)\b|,"
)

# What a sentence says of itself.
_LEGAL = _any_of(
    r"\bequal(?:[- ]| employment )opportunit|\beeo\b|\baffirmative action\b|\bdiscriminat(?:e"
    r"|ion|ory)\b|\bregardless of (?:your|their|race|age|gender|sex|back|origin|any)"
    r"|\bwithout regard to\b|\birrespective of (?:age|gender|race|sex|religion|back|their"
    r"|your)",
    r"\breasonable accommodations?\b|\b(?:race|colou?r|religion|creed|gender(?: identity)?"
    r"|sexual orientation|national origin|veteran|disability|disabilities|marital"
    r"|pregnancy),? (?:and |or )?"
    r"(?:race|colou?r|religion|creed|age|sex|gender|sexual orientation|national origin|veteran"
    r"|disabilit|marital|pregnancy|ethnic)|\bprotected (?:attribute|class|characteristic|status"
    r"|veteran)"
    r"|\bdivers(?:e|ity)\b.{0,40}\b(?:workforce|applicant|candidate)"
    r"|\bcommit\w+ to .{0,30}(?:divers|inclus)|\bprivacy (?:policy|notice)|\bbackground check",
)
_APPLYING = _any_of(
    r"\b(?:apply (?:now|today|online|here|by|via|through|directly|for (?:this|the))|to apply"
    r"|please apply|(?:your|an?|online|submit\w*|written|complete) applications?(?= "
    r"|\.)(?! (?:engineer|develop|server|design|architect|support|secur|test"
    r"|process management))|applications? (?:must|deadline|form)|how to apply"
    r"|(?:send|submit|upload|attach|include) (?:us )?(?:your|an?|the)? ?(?:\w+ )?(?:cv|resume"
    r"|r\u00e9sum\u00e9|cover letter|application|documents)|resumes?|r\u00e9sum\u00e9s?"
    r"|cover letter|application (?:deadline|period)|closing date"
    r"|(?:invite|encourage)\w* (?:\w+ )?(?:to apply|applicants|applications|candidates)"
    r"|look(?:ing)? forward to (?:hear|receiv|your|meet)|contact (?:us|me|person)|(?:further"
    r"|more|additional) information|for (?:further|more) info\w*|please (?:contact|visit|read"
    r"|note|see|do not|send|submit|click|apply|call|share|only)"
    r"|visit (?:us|our)|recruitment (?:agenc|fee|process|team)|unsolicited|talent acquisition"
    r"|hear from you|curriculum vitae|telephone|interviews? (?:will|are|process|in week)"
    r"|usajobs"
    r"|learn more (?:about|at)|job posting|applicants? must (?:submit|provide|include|attach)"
    r"|supplement(?:al|ary) (?:statement|documents?)|proof of (?:\w+ ){0,3}eligibility"
    r"|(?:your|employee) referrals?|non-?competitive (?:applicants?|eligib\w+))\b"
    r"|https?://|\[contact\]",
)
_PERKS = _any_of(
    r"\bwe (?:can |also |will |do )?offer\b|\b(?:we|our team|the company|you(?:'"
    r"|\u2019)ll (?:get|receive|enjoy)|you (?:get|receive|will (?:get|receive"
    r"|enjoy))) .{0,30}\b(?:benefits|holidays|vacation|bonus|perks|package)\b"
    r"|\b(?:competitive|attractive|generous) (?:\w+ ){0,2}(?:salary|salaries|pay|compensation"
    r"|package|remuneration|benefits|base)|\b(?:health|dental|medical|life|vision)(?:care)?(?:,"
    r"| and|\b).{0,30}\binsurance|\b(?:401 ?\(?k\)?|pto|paid (?:time|vacation|holiday|leave"
    r"|relocation|parental)|stock (?:options?|purchase|plan)|equity plan|tuition|reimbursement"
    r"|gym|fitness|yoga|physical therapy|commuter benefits?|parental leave|maternity|paternity"
    r"|sabbatical|snacks|fruits?|beer|lunch(?:es)?"
    r"|breakfast|massages?|flexible (?:working|work|hours|benefits|schedules?)|social events?"
    r"|perks)\b"
    r"|\b\d+ (?:days|weeks) (?:of )?(?:paid |annual )?(?:vacation|holiday|leave|pto)|\bsalary\b"
    r"|\bsalaries\b|\bbenefits (?:include|package)|\bcareer (?:opportunities|progression)"
    r"|\b(?:childcare|kindergarten|relocation)\b|\bwell-?being\b|\bflat hierarch\w+"
    r"|\b(?:career|personal) development (?:program\w*|opportunit\w+|budget|plan)"
    r"|\btraining (?:opportunit\w+|budget)|\bmentoring program\w*|\bteam[- ](?:events?|outings?)\b"
    r"|\btransport(?:ation)? (?:connections?|links?|pass|ticket)|\bsports? (?:offers?|activit\w+"
    r"|club)\b|\b(?:home|remote) office (?:budget|allowance)\b",
)
_PRAISE = _any_of(
    r"\b(?:was |is |are |were )?(?:founded|headquartered|listed) (?:in|on)\b"
    r"|\bannual (?:turnover|revenue)|\b(?:over|more than|around|approx\w*|some|our|with|has"
    r"|of) [\d.,]+ ?(?:k|\+|million)? (?:employees|people|colleagues|offices|countries|students"
    r"|staff|cities|customers|clients|users)\b|\bemployees (?:worldwide|globally)\b"
    r"|\b(?:world(?:'|\u2019)?s?|global|market|industry"
    r"|worldwide)(?:wide)?[- ](?:\w+ )?(?:lead(?:er|ing)|largest|player)\b|\bis a leading\b"
    r"|\bone of the (?:largest|leading|world|most|biggest)|\bleading (?:provider|supplier"
    r"|company|global|international|manufacturer)|\bour (?:mission|vision|values|story|ambition"
    r"|purpose|staff|employees|customers|clients) (?:is|are|of)\b"
    r"|\branked (?:as|among|in|no|#)|\baward[- ]winning\b|\bsocial responsibility\b"
    r"|\b(?:over|more than|nearly|serves?) [\d.,]+ (?:million|billion) \w+"
    r"|\bworld(?:'|\u2019)?s (?:most|biggest|best|finest)\b|\bintegral part of (?:our|one of|the"
    r"|who)\b|\b(?:it(?:'|\u2019)s|it is|that is) our (?:mission|goal|purpose|job|vision)\b"
    r"|\beverything we do\b|\binternational (?:presence|environment)\b"
    r"|\bworking (?:at|with) (?:us|\[company\])|\bjoining (?:us|our)\b|\bgreat place\b|\bwe(?:'"
    r"|\u2019)?(?:re| are) (?:proud|committed|passionate|an? )|\bwe (?:believe|strive"
    r"|recogni[sz]e|value|foster|celebrate|encourage|develop|produce|support|embrace|love"
    r"|care)\b",
)
_PITCH = _any_of(
    r"\b(?:(?:have|give you|is|be|offers?) (?:an?|the|your) (?:\w+ )?opportunity"
    r"|opportunit(?:y|ies) to (?:grow|learn|work|join|be)"
    r"|your career|grow (?:with us|your)|steep learning curve|start-?up (?:environment"
    r"|culture)|hyper-?growth|when you (?:join|work)"
    r"|our (?:goal|project|platform|product|customers?|clients?|company|business|history) "
    r"|we have (?:been|a|an)\b|we've|we(?:'re|\u2019re| are) (?:building|growing|changing"
    r"|revolution)|since our|revolutioni[sz]\w+|you can expect|you(?:'ll| will) (?:find"
    r"|be joining|be part|be encouraged|be trusted))\b",
)
FACT = _any_of(
    r"^(?:location|job title|salary|title|position|department|date|start(?:ing)?(?: date)?"
    r"|deadline|contract|hours|employment|type|industry|grade|series|level|travel|work schedule"
    r"|appointment|vacancies|number of|supervisory|security clearance|duration|reference"
    r"|reports? to|[A-Z][\w &-]{2,28}(?<!experience)(?<!skills)) ?: ",
    r"\b(?:base salary|salary range|locality pay|pay scale|general schedule|gs-\d+|grade"
    r"|u\.?s\.? citizens?\w*|nationals?\b(?=.{0,20}resid)|background (?:check|investigation)"
    r"|selective service|trial period|direct deposit|financial disclosure"
    r"|security clearance (?:is|will|may)|term appointment|appointment|full[- ]time"
    r"|part[- ]time"
    r"|per week|hours (?:a|per)|telework|position is (?:located|available|for)|is hiring for"
    r"|this page|hiring for|links? below|your resume|federal employees?|excepted service|panel"
    r"|rubric|subject matter expert(?:s)? (?:review|will)|qualification determination"
    r"|required information|discrepanc(?:y|ies)|work status|identity|probationary|dates you"
    r"|e-verify|authorization|locality|duty location|place of work|working hours"
    r"|conditions of employment)\b",
    r"^(?:\[\w+\]\W*)+$|\[(?:address|location)\]",
)
ASKED = _any_of(
    r"\b(?:experience[ds]?|knowledge|understanding|familiar(?:ity)?|proficien(?:cy|t)|fluen(?:t"
    r"|cy)|expertise|expert|skills?|skilled|ability|abilities|able to|capab(?:le|ility)"
    r"|competen(?:t|ce|cies)|know-?how|background in|track record|degree|bachelor|master(?:'"
    r"|\u2019)?s?|ph\.?d|diploma|certifi(?:ed|cation)|qualifi(?:ed|cation)"
    r"|mindset|passion(?:ate)? (?:for|about)|team[- ]player|self-?(?:starter|driven|motivated)"
    r"|hands-?on|comfortable|eager|willing|motivated|proactive|curious|detail|analytical"
    r"|communicat(?:ion|or|ive)|years?|demonstrated|proven|solid|strong|excellent|deep|a plus"
    r"|an advantage|preferred|desirable|is a must|required|nice to have|essential|candidates?"
    r"|applicants?|education|English|German|Danish|French)\b",
)
DUTY = _any_of(
    r"\b(?:you(?:'|\u2019)?(?:ll| will| have| are| bring| must| should| can|'re|'ve| know"
    r"| possess| work| enjoy| need| like| love| take)|your (?:role|task|job|work|main|primary"
    r"|responsib\w+|profile|day|key)|responsib(?:le|ility|ilities)|tasks?|duties|role (?:will"
    r"|requires|involves|includes|covers)|the (?:role|position|candidate|employee|director"
    r"|manager|engineer|successful|ideal)|(?:is|are|'re|\u2019re) (?:seeking|looking for"
    r"|searching for)|we (?:are )?(?:seek|expect|look)\w*|join (?:our|us|the)|as an? )\b",
    r"^(?:[a-z]+(?:ly|ively),? )?(?:and )?(?:act|adapt|administer|advise|advocate|advance|aid"
    r"|align|analy[sz]e|apply|architect|assess|assist|assure|automate|be|brainstorm|bring|build"
    r"|capture|carry|champion|clean|coach|code|collaborate|collect|communicate|complete|conduct"
    r"|configure|consult|contribute|convert|cooperate|coordinate|craft|create|debug|define"
    r"|deliver|demonstrate|deploy|design|determine|develop|direct|document|draft|drive|educate"
    r"|enable|engage|engineer|enhance|ensure|establish|estimate|evaluate|execute|explore"
    r"|facilitate|find|foster|follow|gather|generate|guide|handle|help|hire|identify|implement"
    r"|improve|influence|inform|initiate|innovate|install|integrate|interact|investigate"
    r"|iterate"
    r"|lead|learn|leverage|liaise|link|maintain|make|manage|mentor|migrate|model|monitor"
    r"|negotiate|operate|optimi[sz]e|organi[sz]e|oversee|own|participate|partner|perform|plan"
    r"|prepare|present|prioriti[sz]e|process|produce|promote|propose|provide|recommend|refactor"
    r"|refine|report|represent|research|resolve|review|run|scale|scope|secure|sell|serve|set"
    r"|shape|share|solve|stay|steward|streamline|strengthen|supervise|support|sustain|take"
    r"|teach"
    r"|test|track|train|transform|translate|troubleshoot|turn|understand|update|use|validate"
    r"|work|write)(?:s|es|ing)?\b(?! (?:us|now|today))",
    r"^(?:creating|designing|developing|driving|providing|managing|managing|planning|securing"
    r"|taking|making|preparing|executing|writing|leading|owning|processing|ensuring|maintenance"
    r"|development|implementation|collaboration|coordination|execution|design|support|analysis"
    r"|transition|administration|management|preparation|participation|integration|evaluation"
    r"|monitoring|testing)\b",
)
NAMED_SKILL = re.compile(
    r"\b(?:[A-Z]{2,6}\d?|[A-Z][a-z]+[A-Z]\w+|\w+\.(?:js|net|io)|C\+\+|C#|\w+/\w+)(?!\w)"
)
# Praise may stand in the middle of the duties; a legal line or a step of applying never counts.
PRICES = ((_LEGAL, 4.0), (_APPLYING, 3.5), (_PERKS, 2.5), (_PRAISE, 1.2), (_PITCH, 1.2))
MASKED = re.compile(r"\[[A-Z_]+\]")
# What an employer gives, or has to say: no wish of theirs, however it is put.
OFFERED = (_LEGAL, _APPLYING, _PERKS)
