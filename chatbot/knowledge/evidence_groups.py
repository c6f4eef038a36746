"""Which words mean the same to the sentence check, and which of them are claims."""

from functools import cache

from chatbot.knowledge.words import stem

# Words of one line mean the same to the check. A line that begins with "!" is a claim of its own: a
# sentence with such a word needs a passage with one of its line. The others are only compared.
# After "=" the words are taken as they are: a developer is not whoever developed something.
_GROUPS = """
!= lead led leads leading leader leaders leadership head heads headed heading spearhead \
spearheaded directed directing manage managed manages managing management supervise \
supervised supervises \
supervising oversee oversaw oversees overseen overseeing chaired
!= manager managers
!= founded founder founders cofound cofounded cofounder cofounders founding establish \
established
!= acquire acquired acquires acquisition takeover merger merged
!= immediate immediately asap
!= invent invented invents inventor
!= ipo
!= retire retired retires retirement
! exceed exceeds exceeded exceeding surpass surpassed outperform
! reduce lower reduced reduces reducing reduction cut cuts cutting lowered shrink shrank shrunk \
decrease decreased fell drop dropped shorten shortened less fewer smaller saved slash slashed
! increase higher increased scaled scale scales scaling expand expanded increases increasing \
growth grow grew grown raise-up boost boosted rise rose \
improved-by gain doubled triple tripled
! worsen worsening worsened degrade degraded hurt harmed
! raise raised raises raising funding
! patent patents patented
! publish published publishes publication publications paper papers coauthor coauthored \
article articles
! award awards awarded awardee prize prizes honor honors honour honours honoree medal laureate
! scholarship scholarships scholar
! fellowship fellow
! certify certified certification certifications certificate certificates certifying accredited
! phd doctorate doctoral dphil
! master masters msc ms mag meng
! mba
! bachelor bachelors bsc bs beng undergraduate
! associate-degree
! diploma
! thesis dissertation
! valedictorian
! cum laude
! magna
! summa
! intern interns internship internships interned trainee
!= engineer engineers engineering
!= developer developers programmer programmers coder
!= architect architects
!= analyst analysts
!= scientist scientists
!= researcher researchers
!= administrator administrators admin sysadmin
!= consultant consultants consultancy consulting consulted
!= designer designers
!= director directors
!= president
!= professor professors lecturer
!= teacher teachers taught
!= officer officers
!= specialist specialists
!= coordinator coordinators
!= representative representatives
!= executive executives
!= accountant
!= lawyer attorney
! nurse doctor physician
! owner-title
! chief
! senior
! junior
! principal
! staff
! entry-level
! vice
! assistant
! deputy
! freelance freelancer contractor selfemployed
! volunteer volunteers volunteered volunteering
! fire fired dismissed laid layoff
! mentor mentorship mentored mentors mentoring coached
! salary salaries pay paid compensation remuneration wage wages
! bonus bonuses
! fluent fluently bilingual
! native
! gpa grade grades
! sabbatical
! veteran
! half
! third
! majority
! citizen citizenship
! married
! children kids
! remote remotely
! hybrid
! visa permit sponsorship sponsor
! relocate relocation relocating
! merit
!= speaker speakers spoke speaking keynote keynotes talk talks presented presenter
! license licence licensed
! star stars
! contributor contributors contribute contributed
! customer customers client clients
! revenue revenues sales turnover
! latency
!= uptime
! budget budgets
! profit profits profitable
= double
build built builds building create created creates creating develop developed develops developing \
development design designed designs designing architected architecting engineered implement \
implemented implements \
implementing implementation construct constructed author authored write wrote written produced
migrate migrated migration migrations move moved moving shift shifted transition transitioned
serve serves served serving handle handles handled handling process processes processed processing
use uses used using adopt adopted adopts adoption deploy deployed deploys deployment rely
help helped helps assist assisted assists assisting support supported supports supporting
automate automated automates automating automation
maintain maintained maintains maintaining maintenance
study studied studies studying graduate graduated graduates graduation degree degrees earn-degree \
attend attended
university college school institute academy
employer company firm organisation organization employers companies
speed speedup faster accelerate accelerated quick
big large larger
fast quick rapid
users user people
person people member members
colleague coworker peer
income pay
keep keeps kept keeping retain retains retained retention
optimise optimize optimized optimised optimization optimisation improve improved improves \
improving \
improvement improvements enhance enhanced enhancing enhances
work works worked working
job role position post title
skill skills
cite cited citation citations
feature featured
team teams group groups
library toolkit tool tools package
join joined joins start started starts begin began since
leave left
accept accepted
fix fixed fixes fixing repair repaired repairs repairing
halve halved halves
status view overview
answer answers answered answering reply replies replied respond responds responded response
load loads burden workload
lose loses lost losing loss
pair pairs paired pairing
prefer prefers preferred preference favourite favorite
plan plans planned planning
travel travels travelled traveling travelling
stay stays staying
bake bakes baked baking bread
sail sails sailed sailing
weakness weak weaknesses
incident incidents outage outages
bill billing bills cost costs
spare free-time leisure
hiking hike hikes
run runs ran running
win wins won winning
rate rates rated rating ratings
share shares shared
delete deleted deletes deleting remove removed removes removing
replace replaced replaces replacing
split splits splitting
launch launched launches launching release released releases roll-out rollout
introduce introduced introduces introducing
collect collected collects collecting gather gathered
analyse analyze analysed analyzed analysis analyses analytics
assign assigned assigns
participate participated participates attended
aim aims aimed goal goals
organise organize organises organizes organised organized organizing organising
compete competed competition
purchase purchased buy buys bought
order orders
parent parents family
reading read reads
write-up writeup
code-review review reviews reviewed reviewing
explain explains explained explanation
measure measured measures metric metrics
check checks checked checking
test tests tested testing
teach teaches teaching
error errors mistake mistakes
fail fails failed failing failure failures
phone telephone
mail email emails
file filed
achieve achieved achievement achieves attain
train trained training
supervise supervised
location located based live lives lived living
speak speaks spoke language languages
born birth birthday
invite invited
present presentation presentations
enjoy enjoys hobby hobbies fan like likes interest interests
code codes coding
monitor monitored monitoring
report reported
request requests
month monthly months
day daily days
year yearly annual annually years
week weekly weeks
hour hourly hours
"""


@cache
def groups() -> tuple[dict[str, str], frozenset[str]]:
    """Stem -> the name of its group, and the names of the groups that claim something."""
    names: dict[str, str] = {}
    claims: set[str] = set()
    for line in _GROUPS.replace("\\\n", "").strip().splitlines():
        mark, words = line.partition(" ")[0], line.lstrip("!= ").split()
        name = words[0] if "=" in mark else stem(words[0])
        if mark.startswith("!"):
            claims.add(name)
        for word in words:
            names.setdefault(word if "=" in mark else stem(word), name)
            names.setdefault(word, name)
    return names, frozenset(claims)


def concept(word: str) -> str:
    """The word that stands for a plain word and all that mean the same."""
    stemmed, names = stem(word), groups()[0]
    return names.get(word) or names.get(stemmed, stemmed)
