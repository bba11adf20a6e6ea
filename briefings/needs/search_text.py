"""What of a text is looked for: letters and digits without spaces, the first consonants of Hangul, pairs of letters.

A pair of letters finds two-letter words, as most words of Korean are, and parts of words; databases index whole words,
or three letters at least.
"""

import unicodedata
from collections.abc import Iterable

FIRST_SYLLABLE, LAST_SYLLABLE, SYLLABLES_PER_CONSONANT = 0xAC00, 0xD7A3, 588
FIRST_CONSONANT, LAST_CONSONANT = 0x1100, 0x1112
"""초성 as NFKC writes them: ㅎ typed alone becomes one of these too."""


def bare(text: str) -> str:
    """Letters and digits only, small and in one form (NFKC): 해양 폐-기물 and 해양폐기물 are the same."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def initials(text: str) -> str:
    """`bare`, with the first consonant of each syllable in its place: ㅎㅇ for 해양."""
    return "".join(map(_initial, bare(text)))


def _initial(letter: str) -> str:
    if FIRST_SYLLABLE <= ord(letter) <= LAST_SYLLABLE:
        return chr(FIRST_CONSONANT + (ord(letter) - FIRST_SYLLABLE) // SYLLABLES_PER_CONSONANT)
    return letter


def is_initials(word: str) -> bool:
    """Whether a bare word is made of first consonants alone."""
    return all(FIRST_CONSONANT <= ord(letter) <= LAST_CONSONANT for letter in word)


def grams(lines: Iterable[str]) -> set[str]:
    """Each pair of neighbouring letters in bare `lines`, and the last letter of each alone.

    So whatever a line contains begins one of them, a single letter too.
    """
    return {line[place : place + 2] for line in lines for place in range(len(line))}


def grams_looked_for(word: str) -> set[str]:
    """The pairs in a bare word; the word itself if it is a single letter, which then begins a pair."""
    return {word[place : place + 2] for place in range(len(word) - 1)} or {word}
