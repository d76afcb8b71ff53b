"""A page's tags, for what must hold of every page."""

from html.parser import HTMLParser


class Tags(HTMLParser):
    """Collects tags with their attributes, identifiers, and which tags were left open."""

    VOID = frozenset({"meta", "link", "img", "input", "br", "hr"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def identifiers(self) -> list[str]:
        return [attributes["id"] for _, attributes in self.tags if "id" in attributes]
