"""The colours of every page, as Vuetify names them."""

import ipyvuetify

COLOURS = {
    "primary": "#0f6b62",
    "primary_darken_1": "#0b554e",
    "secondary": "#5b6b68",
    "background": "#f5f7f6",
    "surface": "#ffffff",
    "error": "#b42318",
    "warning": "#b45309",
    "success": "#15803d",
    "info": "#1d4ed8",
}


def use_theme() -> None:
    """Give Vuetify our colours (light only: the states' contrast was chosen on white)."""
    light = ipyvuetify.theme.themes.light
    for name, colour in COLOURS.items():
        setattr(light, name, colour)
    ipyvuetify.theme.dark = False
