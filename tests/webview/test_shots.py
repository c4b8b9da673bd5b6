"""Which pages `make shots` takes a picture of, and how they are shown; the taking is for eyes."""

from tests.shots.__main__ import index, looks, name_of, one_of_a_kind


def test_of_each_kind_of_page_one_is_taken_and_of_tickets_two() -> None:
    crawled = ["/tickets/1", "/tickets/2", "/tickets/3", "/?state=open", "/?state=all", "/?state=all&tag=x", "/kb/a"]
    files = [
        "/static/style.css",
        "/mails/1.eml",
        "/mails/1/body",
        "/tickets/1/files/2/0/picture",
        "/f/w/queue.atom?x=1",
    ]

    taken = list(one_of_a_kind(iter(crawled + files)))

    assert taken == ["/tickets/1", "/tickets/2", "/?state=open", "/?state=all&tag=x", "/kb/a"]


def test_every_page_is_looked_at_in_five_ways_or_in_one() -> None:
    assert [(scheme, width) for scheme, width, printed in looks("") if not printed] == [
        ("light", 1280),
        ("light", 390),
        ("dark", 1280),
        ("dark", 390),
    ]
    assert [printed for *_, printed in looks("print")] == [True]
    assert list(looks("dark-390")) == [("dark", 390, False)]


def test_the_pictures_of_a_page_stand_beside_each_other() -> None:
    names = ["staff-a-light-390.png", "staff-b-dark-390.png", "staff-a-print.png", f"nobody{name_of('/')}-print.png"]

    page = index(names)

    assert page.count("<img ") == 4
    assert page.index("staff-a-light-390.png") < page.index("staff-a-print.png") < page.index("staff-b-dark-390.png")
    assert "<h2>nobody-home</h2>" in page
