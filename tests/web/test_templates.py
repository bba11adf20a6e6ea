"""Templates among threads."""

import time
from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from jinja2 import DictLoader

from briefings.web.site import Templates


class Noted(Templates):
    """Templates that note which were compiled, each for long enough that whoever comes meanwhile would begin too."""

    def compile(self, source, name=None, *args, **options):
        """As Jinja does it."""
        self.compiled.append(name)
        time.sleep(0.01)
        return super().compile(source, name, *args, **options)


def test_a_template_that_many_want_at_once_is_compiled_once():
    templates = Noted(Flask("site"), loader=DictLoader({"page": "{% extends 'frame' %}", "frame": "안녕하십니까"}))
    templates.compiled = []
    with ThreadPoolExecutor(8) as crowd:
        pages = list(crowd.map(lambda _: templates.get_template("page").render(), range(8)))
    assert set(pages) == {"안녕하십니까"}
    assert templates.compiled == ["page", "frame"]
