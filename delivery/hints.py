"""What to do about a value, from what is allowed there."""

from delivery.wording import LONGEST_VALUE, Node, shown

_KINDS: dict[str, tuple[type, ...]] = {
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "string": (str,),
    "choice": (str,),
    "array": (list,),
    "tables": (list,),
    "object": (dict,),
    "either": (),
}
_OF_ANOTHER_KIND = {
    "integer": "write a whole number, without quotes",
    "number": "write a number, without quotes",
    "boolean": "write one of these, without quotes",
    "string": "write a string, in quotes",
    "choice": "take one of these, in quotes",
    "array": "write it as a list, in brackets",
    "tables": "write each entry under a heading in double brackets",
    "object": "write it as a table, under a heading in brackets",
    "either": "write one of these",
}
_OF_THE_KIND = {
    "integer": "choose a number in these limits",
    "number": "choose a number in these limits",
    "boolean": "take one of these",
    "string": "change it",
    "choice": "take one of these",
    "array": "add an entry",
    "tables": "add an entry",
    "object": "remove some",
}


def hint(node: Node, value: object) -> str:
    """Say what to do about a value that its schema node does not allow."""
    kind = _kind(node)
    if isinstance(value, list) and len(value) > node.get("maxItems", len(value)):
        return "remove some entries"
    fits = isinstance(value, _KINDS[kind]) and isinstance(value, bool) == (kind == "boolean")
    return (_OF_THE_KIND if fits else _OF_ANOTHER_KIND)[kind] + example(node)


def example(node: Node) -> str:
    """Give an example as TOML, led by "such as", if the field has a short one."""
    if not node.get("examples"):
        return ""
    first = node["examples"][0]
    if isinstance(first, list):
        return f", such as [{', '.join(map(shown, first))}]"
    too_long = isinstance(first, dict) or len(str(first)) > LONGEST_VALUE
    return "" if too_long else f", such as {shown(first)}"


def _kind(node: Node) -> str:
    if "const" in node or "enum" in node:
        return "choice"
    if "oneOf" in node:
        return "object" if "key" in node else "either"
    kind: str = node.get("type", "object")
    return "tables" if kind == "array" and "$ref" in node["items"] else kind
