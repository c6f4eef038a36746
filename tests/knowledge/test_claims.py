from chatbot.knowledge.claims import compare_claims, find_claims

SAID = "My notice period is three months, so I could start at Nordwind on 1 May 2027."


def test_figures_names_and_words_are_claims():
    claims = find_claims(SAID)
    assert claims.numbers == {"3", "1", "2027"}
    assert claims.names == {"nordwind", "may"}
    assert {"notic", "period", "month"} <= claims.stems


def test_the_same_in_other_words_says_the_same():
    compared = compare_claims(SAID, "Mara can begin on 1 May 2027 at Nordwind: notice is 3 months.")
    assert compared.share >= 0.7
    assert compared.missing == ()
    assert not compared.contradicts


def test_a_lost_figure_and_a_lost_name_are_named():
    compared = compare_claims(SAID, "The notice period is three months.")
    assert compared.missing == ("1", "2027", "may", "nordwind")
    assert compared.share < 0.6


def test_other_figures_contradict():
    assert compare_claims("It takes 3 months.", "It takes 6 months.").contradicts
    assert not compare_claims("It takes 3 months.", "It takes months.").contradicts


def test_thousands_are_one_number_and_citation_marks_are_none():
    assert find_claims("Up to 1,000,000 rows [12].").numbers == {"1000000"}


def test_nothing_said_is_said_by_anything():
    assert compare_claims("", "Anything").share == 1.0
