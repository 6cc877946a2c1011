"""The theme's icons as a few lines of CSS: their font, of which a page shows a dozen, is as large as a page's text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

# What the theme, its buttons and the book use. An icon that is not named here comes from the font, as before.
NAMES = ["angle-left", "angle-right", "arrow-up", "bars", "chevron-down", "circle-half-stroke", "download", "expand"]
NAMES += ["file", "file-pdf", "list", "magnifying-glass", "moon", "rocket", "sun"]
NOTICE = "/* Font Awesome Free, https://fontawesome.com, CC BY 4.0 */"
PICTURE = (
    "content:'';display:inline-block;width:calc(var(--lk-icon-width)*1em/512);height:1em;vertical-align:-.125em;"
    "background:currentColor;forced-color-adjust:none;mask:var(--lk-icon) center/contain no-repeat"
)


def stylesheet(theme: Path) -> str:
    """CSS that draws the icons, from the theme's script of all icons. Raises ValueError where one is missing there."""
    script = (theme / "scripts" / "fontawesome.js").read_text(encoding="utf-8")
    which = ":is(.fa-solid,.fas):is(" + ",".join(f".fa-{name}" for name in NAMES) + ")"
    return f"{NOTICE}{which}{{font-family:inherit}}{which}::before{{{PICTURE}}}" + "".join(_icons(script))


def _icons(script: str) -> Iterator[str]:
    for name in NAMES:
        # name:[width, height, [other names], "codepoint", "path"]; the outlined ones come first, the solid ones last
        found = re.findall(rf'[{{,]"?{name}"?:\[(\d+),512,\[[^]]*\],"[0-9a-f]+","([^"]+)"\]', script)
        if not found:
            raise ValueError(f"the theme has no icon {name!r}")
        width, path = found[-1]
        picture = f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} 512'><path d='{path}'/></svg>"
        picture = picture.replace("<", "%3C").replace(">", "%3E")
        yield f'.fa-{name}{{--lk-icon-width:{width};--lk-icon:url("data:image/svg+xml,{picture}")}}'
