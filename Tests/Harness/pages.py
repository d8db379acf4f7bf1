"""A page as a reader of its HTML sees it: forms with their fields and labels, links, headings, messages."""

import html.parser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Node:
    def __init__(self, tag, attributes, parent):
        self.tag, self.attributes, self.parent = tag, dict(attributes), parent
        self.children = []

    def get(self, name, default=None):
        value = self.attributes.get(name, default)
        return "" if value is None and name in self.attributes else value

    def has(self, name):
        return name in self.attributes

    def walk(self):
        for child in self.children:
            if isinstance(child, Node):
                yield child
                yield from child.walk()

    def all(self, *tags):
        return [node for node in self.walk() if node.tag in tags]

    @property
    def text(self):
        parts = []
        for child in self.children:
            parts.append(child if isinstance(child, str) else child.text)
        return " ".join(" ".join(parts).split())


class _Builder(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.root = Node("#document", {}, None)
        self.at = self.root

    def handle_starttag(self, tag, attributes):
        node = Node(tag, attributes, self.at)
        self.at.children.append(node)
        if tag not in VOID:
            self.at = node

    def handle_startendtag(self, tag, attributes):
        self.at.children.append(Node(tag, attributes, self.at))

    def handle_endtag(self, tag):
        node = self.at
        while node.parent is not None and node.tag != tag:
            node = node.parent
        if node.parent is not None:
            self.at = node.parent

    def handle_data(self, data):
        self.at.children.append(data)


class Form:
    """What a browser would send: every named control with its present value."""

    def __init__(self, node):
        self.node = node
        self.action = node.get("action") or ""
        self.method = (node.get("method") or "get").upper()
        self.controls = {}
        self.values = {}
        for control in node.all("input", "select", "textarea", "button"):
            name = control.get("name")
            if not name:
                continue
            self.controls.setdefault(name, []).append(control)
            if control.tag == "input":
                kind = (control.get("type") or "text").lower()
                if kind in ("radio", "checkbox"):
                    if control.has("checked"):
                        self.values[name] = control.get("value", "on")
                elif kind not in ("submit", "button", "image", "reset"):
                    self.values[name] = control.get("value") or ""
            elif control.tag == "select":
                options = control.all("option")
                chosen = [option for option in options if option.has("selected")] or options[:1]
                if chosen:
                    self.values[name] = option_value(chosen[0])
            elif control.tag == "textarea":
                self.values[name] = control.text

    def options(self, name):
        """The values that a select or a group of radio buttons offers."""
        values = []
        for control in self.controls.get(name, []):
            if control.tag == "select":
                values += [option_value(option) for option in control.all("option")]
            elif control.tag == "input" and control.get("type") == "radio":
                values.append(control.get("value", "on"))
        return values

    def buttons(self):
        return [node for node in self.node.all("button") if node.get("type", "submit") == "submit"]


def option_value(option):
    return option.get("value") if option.has("value") else option.text


class Page:
    def __init__(self, source):
        builder = _Builder()
        builder.feed(source)
        self.root = builder.root
        self.source = source
        self.forms = [Form(node) for node in self.root.all("form")]

    @property
    def text(self):
        body = self.root.all("body")
        return (body[0] if body else self.root).text

    @property
    def heading(self):
        headings = self.root.all("h1")
        return headings[0].text if headings else ""

    def by_id(self, identifier):
        return next((node for node in self.root.walk() if node.get("id") == identifier), None)

    def form(self, *, action=None, field=None):
        """The one form with this action or this field."""
        for form in self.forms:
            if action is not None and form.action.split("?")[0] != action:
                continue
            if field is not None and field not in form.controls:
                continue
            return form
        raise LookupError(f"no form with action {action!r}, field {field!r} on the page \"{self.heading}\"")

    def links(self):
        return [node.get("href") for node in self.root.all("a") if node.has("href")]

    def facts(self):
        """The rows of all definition lists: value by name."""
        rows = {}
        for node in self.root.all("dl"):
            names = [child.text for child in node.all("dt")]
            values = [child.text for child in node.all("dd")]
            rows |= dict(zip(names, values))
        return rows

    def error_beside(self, name):
        """The sentence beside a field that is marked aria-invalid, found by its aria-describedby; else None."""
        for control in self.root.all("input", "select", "textarea"):
            if control.get("name") != name or control.get("aria-invalid") != "true":
                continue
            told = [self.by_id(part) for part in (control.get("aria-describedby") or "").split()]
            errors = [node.text for node in told if node is not None and "error" in (node.get("class") or "").split()]
            if errors and errors[0]:
                return errors[0]
        return None

    def problems(self):
        """Basic accessibility faults of the page, as sentences; an empty list is good."""
        faults = []
        html_node = self.root.all("html")
        if not html_node or not html_node[0].get("lang"):
            faults.append("no lang on <html>")
        if not [node for node in self.root.all("title") if node.text]:
            faults.append("no <title>")
        if len(self.root.all("h1")) != 1:
            faults.append(f"{len(self.root.all('h1'))} <h1>")
        if len(self.root.all("main")) != 1:
            faults.append(f"{len(self.root.all('main'))} <main>")
        seen = set()
        for node in self.root.walk():
            identifier = node.get("id")
            if identifier is not None:
                if identifier in seen:
                    faults.append(f"duplicate id {identifier}")
                seen.add(identifier)
        labelled = {node.get("for") for node in self.root.all("label")}
        for control in self.root.all("input", "select", "textarea"):
            if (control.get("type") or "").lower() in ("hidden", "submit", "button"):
                continue
            inside = control.parent
            while inside is not None and inside.tag != "label":
                inside = inside.parent
            if inside is None and control.get("id") not in labelled and not control.get("aria-label"):
                faults.append(f"field {control.get('name')} without a label")
        for node in self.root.walk():
            for reference in ("aria-describedby", "aria-labelledby", "for"):
                for identifier in (node.get(reference) or "").split():
                    if identifier not in seen:
                        faults.append(f"{node.tag} {reference}={identifier} names nothing")
            if node.tag in ("button", "a") and not (node.text or node.get("aria-label")):
                faults.append(f"<{node.tag}> without words")
            if node.tag == "img" and not node.has("alt"):
                faults.append("<img> without alt")
            if any(name.startswith("on") for name in node.attributes) or node.has("style"):
                faults.append(f"<{node.tag}> with an inline script or style")
            if node.tag == "script" and not node.get("src"):
                faults.append("an inline <script>")
            if node.tag == "style":
                faults.append("an inline <style>")
        levels = [int(node.tag[1]) for node in self.root.walk() if node.tag in ("h1", "h2", "h3", "h4", "h5", "h6")]
        faults += [f"h{b} follows h{a}" for a, b in zip(levels, levels[1:]) if b > a + 1]
        return faults
