//! Lines of a document, cleaned of what conversions leave in them, and comparison of titles.

/// One line of the source.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// Its text with ordinary spaces, whole letters instead of ligatures, and without invisible
    /// characters and tags. Leading spaces and every tab are kept: they place the cells of a table.
    pub(crate) text: String,
    /// Whether a word goes on in the next line: the line ended in a soft hyphen.
    pub(crate) soft_hyphen: bool,
    /// How many characters longer it is than in the source: positions in it may be off by as many.
    pub(crate) growth: i64,
    /// How many form feeds are before its text: conversions from PDF lay out each page by itself.
    pub(crate) page: usize,
}

impl Line {
    pub(crate) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// Its text without the signs of a heading or of bold type around it.
    pub(crate) fn plain(&self) -> &str {
        plain(&self.text)
    }
}

/// Splits a text into cleaned lines. Any line ending works; a page break ends no line.
pub(crate) fn lines(text: &str) -> Vec<Line> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut page = 0;
    let mut lines: Vec<Line> = text
        .split('\n')
        .map(|raw| {
            let breaks = raw.matches('\u{C}').count();
            let begins = raw.trim_start_matches([' ', '\u{C}']);
            let after = begins.matches('\u{C}').count();
            page += breaks - after;
            let line = Line { page, ..clean(raw) };
            page += after;
            line
        })
        .collect();
    // A final line ending begins no further line.
    if text.ends_with('\n') {
        lines.pop();
    }
    lines
}

fn clean(raw: &str) -> Line {
    let without_tags = if raw.contains('<') || raw.contains('&') {
        drop_tags(raw)
    } else {
        raw.to_owned()
    };
    let mut text = String::with_capacity(without_tags.len());
    for sign in without_tags.chars() {
        match sign {
            '\u{A0}'
            | '\u{2000}'..='\u{200A}'
            | '\u{202F}'
            | '\u{205F}'
            | '\u{3000}'
            | '\u{B}'
            | '\u{85}'
            | '\u{2028}'
            | '\u{2029}' => text.push(' '),
            '\u{FB00}' => text.push_str("ff"),
            '\u{FB01}' => text.push_str("fi"),
            '\u{FB02}' => text.push_str("fl"),
            '\u{FB03}' => text.push_str("ffi"),
            '\u{FB04}' => text.push_str("ffl"),
            '\u{FB05}' | '\u{FB06}' => text.push_str("st"),
            // The symbol fonts of word processors, which use private characters.
            '\u{F0FC}' => text.push('✓'),
            '\u{F06C}' => text.push('●'),
            '\u{F0B7}' => text.push('•'),
            '\u{F06F}' | '\u{F0A8}' => text.push('□'),
            '\u{F06E}' => text.push('■'),
            '\u{F0A7}' => text.push('▪'),
            '\u{F0FE}' => text.push('☑'),
            '\u{F0FD}' => text.push('☒'),
            '\u{F0FB}' => text.push('✗'),
            '\t' => text.push('\t'),
            '\u{AD}'
            | '\u{200B}'..='\u{200F}'
            | '\u{2060}'
            | '\u{FEFF}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2066}'..='\u{2069}'
            | '\u{FE0E}'
            | '\u{FE0F}' => {}
            sign if sign.is_control() => {}
            sign => text.push(sign),
        }
    }
    let kept = text.trim_end_matches(' ').len();
    text.truncate(kept);
    let length = |text: &str| i64::try_from(text.chars().count()).unwrap_or(0);
    Line {
        soft_hyphen: raw.trim_end().ends_with('\u{AD}'),
        growth: length(&text)
            - length(
                raw.trim_end_matches([' ', '\u{A0}'])
                    .trim_start_matches(['\u{FEFF}', '\u{C}']),
            ),
        text,
        page: 0,
    }
}

/// Names of HTML tags that conversions leave in text. Any other text in angle brackets is kept.
const TAGS: &[&str] = &[
    "a", "b", "br", "div", "em", "h1", "h2", "h3", "h4", "i", "li", "ol", "p", "span", "strong",
    "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "u", "ul",
];

const ENTITIES: &[(&str, &str)] = &[
    ("&nbsp;", " "),
    ("&amp;", "&"),
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&quot;", "\""),
    ("&#39;", "'"),
    ("&apos;", "'"),
];

fn drop_tags(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    let mut in_row = false;
    while let Some(at) = rest.find(['<', '&']) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let entity = ENTITIES.iter().find(|(name, _)| from.starts_with(name));
        if let Some((name, sign)) = entity {
            out.push_str(sign);
            rest = from.get(name.len()..).unwrap_or_default();
            continue;
        }
        match tag(from) {
            Some((name, length)) => {
                match name.as_str() {
                    "li" => out.push_str("• "),
                    "tr" => in_row = false,
                    "td" | "th" => {
                        if in_row {
                            out.push('\t');
                        }
                        in_row = true;
                    }
                    "br" | "p" => out.push(' '),
                    _ => {}
                }
                rest = from.get(length..).unwrap_or_default();
            }
            None => {
                let mut signs = from.chars();
                out.extend(signs.next());
                rest = signs.as_str();
            }
        }
    }
    out.push_str(rest);
    out
}

/// The name of the tag at the start of a text, with `/` before that of a closing tag, and its length.
fn tag(text: &str) -> Option<(String, usize)> {
    let end = text.bytes().take(200).position(|byte| byte == b'>')?;
    let inside = text.get(1..end)?;
    let name: String = inside
        .chars()
        .enumerate()
        .take_while(|(at, sign)| sign.is_ascii_alphanumeric() || (*at == 0 && *sign == '/'))
        .map(|(_, sign)| sign.to_ascii_lowercase())
        .collect();
    let known = TAGS.contains(&name.trim_start_matches('/'));
    known.then_some((name, end + 1))
}

/// A text without the signs of a Markdown heading or of bold type around all of it.
pub(crate) fn plain(text: &str) -> &str {
    let mut text = text.trim();
    if text.starts_with('#') {
        text = text.trim_matches('#').trim();
    }
    for around in ["**", "__"] {
        let inside = text
            .strip_prefix(around)
            .and_then(|text| text.strip_suffix(around));
        if let Some(inside) = inside.filter(|inside| !inside.contains(around)) {
            text = inside.trim();
        }
    }
    text
}

/// What titles are compared by: letters and digits in lower case, with single spaces.
pub(crate) fn key(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    for sign in text.chars() {
        match sign {
            '\'' | '’' | '‘' | '`' | '´' | '¹' | '²' | '³' | '⁴' | '⁵' | '⁶' | '⁷' | '⁸' | '⁹'
            | '⁰' => {}
            '&' => {
                if !out.is_empty() {
                    out.push(' ');
                }
                out.push_str("and");
                gap = true;
            }
            sign if sign.is_alphanumeric() => {
                if gap && !out.is_empty() {
                    out.push(' ');
                }
                gap = false;
                out.extend(sign.to_lowercase());
            }
            _ => gap = true,
        }
    }
    out
}

/// How many words two keys share, from 0 to 1, whatever their order (Dice). Titles of fewer than three
/// words have too few to compare.
pub(crate) fn shared_words(one: &str, other: &str) -> f64 {
    let count = |text: &str| text.bytes().filter(|byte| *byte == b' ').count() + 1;
    let (first, second) = (count(one), count(other));
    let (least, all) = (first.min(second), first + second);
    // Titles of which one has far more words than the other are not alike.
    if least < 3 || all > 120 || least * 10 < all * 3 {
        return 0.0;
    }
    let mut other: Vec<&str> = other.split(' ').collect();
    let one = one.split(' ');
    let mut shared = 0_u32;
    for word in one {
        if let Some(at) = other.iter().position(|known| *known == word) {
            other.swap_remove(at);
            shared += 1;
        }
    }
    f64::from(2 * shared) / f64::from(u32::try_from(all).unwrap_or(u32::MAX))
}

/// Whether a text ends as a sentence does.
pub(crate) fn ends_sentence(text: &str) -> bool {
    let text = text.trim_end_matches([')', ']', '"', '\'', '’', '”', '*', ' ']);
    text.ends_with(['.', '!', '?', ':', ';'])
}

/// The number that a word or figure names, up to 99.
pub(crate) fn number_named(word: &str) -> Option<u32> {
    const WORDS: &[&str] = &[
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        "eleven", "twelve",
    ];
    let word = word.to_lowercase();
    if word.len() <= 2 && word.bytes().all(|byte| byte.is_ascii_digit()) {
        return word.parse().ok();
    }
    let at = WORDS.iter().position(|known| *known == word)?;
    u32::try_from(at).ok()
}

/// The sign or number before an item of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Marker {
    /// A sign that says nothing about the order.
    Bullet,
    /// `2.`
    Number(u32),
    /// `b.` or `(b)`
    Letter(char),
    /// `3b`, as a measure is named.
    Measure(String),
}

const BULLETS: &[char] = &[
    '-', '–', '—', '•', '●', '▪', '■', '◦', '○', '*', '·', '‣', '∙', '►', '➢', '+',
];

/// Whether a text is a bullet and nothing else.
pub(crate) fn is_bullet(text: &str) -> bool {
    let mut signs = text.chars();
    signs.next().is_some_and(|sign| BULLETS.contains(&sign)) && signs.next().is_none()
}

/// The marker of an item and the text after it. Bullets before a number or letter say nothing more.
pub(crate) fn item(text: &str) -> Option<(Marker, &str)> {
    let text = text.trim_start();
    let mut signs = text.chars();
    let first = signs.next()?;
    let mut rest = text;
    let mut bullet = false;
    // Two asterisks begin bold type, in which a number or letter may be.
    if text.starts_with("**") {
        return numbered(text);
    }
    if BULLETS.contains(&first) {
        let after = signs.as_str();
        let spaced = after.starts_with([' ', '\t']);
        // A dash or an asterisk that touches its word is a minus or emphasis.
        if !spaced
            && (!matches!(first, '•' | '●' | '▪' | '■' | '◦' | '‣' | '∙') || after.is_empty())
        {
            return None;
        }
        bullet = true;
        rest = after.trim_start();
    }
    match numbered(rest) {
        Some((marker, text)) => Some((marker, text)),
        None => bullet.then_some((Marker::Bullet, rest)),
    }
}

fn numbered(text: &str) -> Option<(Marker, &str)> {
    let bold = text.strip_prefix("**").unwrap_or(text);
    let opened = bold.starts_with('(');
    let inside = bold.strip_prefix('(').unwrap_or(bold);
    let end = inside.find(|sign: char| !sign.is_ascii_alphanumeric())?;
    let (word, after) = (inside.get(..end)?, inside.get(end..)?);
    let mut signs = after.chars();
    let mut closing = signs.next()?;
    let mut rest = signs.as_str();
    // `**5a** Analysts`: the bold type ends where the marker does.
    if bold.len() < text.len() && closing == '*' && rest.starts_with('*') {
        closing = ' ';
        rest = rest.get(1..)?;
        if !rest.starts_with(char::is_whitespace) {
            return None;
        }
    }
    let digits: String = word.chars().take_while(char::is_ascii_digit).collect();
    let letters = word.get(digits.len()..)?;
    let named = digits.len() <= 2 && !digits.is_empty() && letters.len() == 1;
    let closed = if opened {
        closing == ')'
    } else {
        matches!(closing, '.' | ')')
    };
    let ends = closed || (named && matches!(closing, ' ' | ':' | '\t'));
    if !ends {
        return None;
    }
    if bold.len() < text.len() {
        rest = rest.strip_prefix("**").unwrap_or(rest);
    }
    // `4.5 out of 6` and `e.g.` begin no item.
    if closing == '.'
        && rest.starts_with(|sign: char| sign.is_ascii_alphanumeric())
        && digits.len() == word.len()
    {
        return None;
    }
    if closing == '.'
        && letters.len() == 1
        && digits.is_empty()
        && rest.starts_with(|sign: char| sign.is_ascii_lowercase())
    {
        return None;
    }
    let rest = rest.trim_start();
    if named && letters.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Some((Marker::Measure(word.to_owned()), rest));
    }
    if letters.is_empty() && (1..=2).contains(&digits.len()) {
        return Some((Marker::Number(digits.parse().ok()?), rest));
    }
    if digits.is_empty() && letters.len() == 1 {
        let letter = letters.chars().next()?.to_ascii_lowercase();
        return ('a'..='j')
            .contains(&letter)
            .then_some((Marker::Letter(letter), rest));
    }
    None
}
