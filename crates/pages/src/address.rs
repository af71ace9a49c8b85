//! The addresses of pages.
//!
//! The code of a cycle may have slashes: `/cycles/england/2009-10/bodies/5PK`. It ends where the first
//! word of a page begins.

use crate::moment::Moment;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use std::fmt::Write as _;

/// What stays as it is within a segment.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// The words that follow the code of a cycle.
const WORDS: [&str; 14] = [
    "bodies",
    "calibration",
    "challenges",
    "documents",
    "evidence",
    "findings",
    "functions",
    "groups",
    "indicators",
    "messages",
    "plugins",
    "search",
    "surveys",
    "timetable",
];

/// One segment of a path.
pub(crate) fn segment(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

/// The address of a page of a cycle; `rest` are the segments after the code, none for the cycle itself.
pub(crate) fn of_cycle(code: &str, rest: &[&str]) -> String {
    let mut address = String::from("/cycles/");
    let is_plain = !code.split('/').skip(1).any(|part| WORDS.contains(&part));
    if is_plain {
        let parts: Vec<String> = code.split('/').map(segment).collect();
        address.push_str(&parts.join("/"));
    } else {
        address.push_str(&segment(code));
    }
    for part in rest {
        let _ = write!(address, "/{}", segment(part));
    }
    address
}

/// A cycle as it is shown: now, or as it was. Its pages link to each other as of the same moment.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) cycle: String,
    pub(crate) as_of: Option<Moment>,
}

impl Place {
    /// A page of the cycle; `rest` are the segments after its code.
    pub(crate) fn page(&self, rest: &[&str]) -> String {
        self.dated(of_cycle(&self.cycle, rest))
    }

    /// The scorecard of a body.
    pub(crate) fn body(&self, body: &str) -> String {
        self.page(&["bodies", body])
    }

    /// Why a cell of a scorecard is what it is.
    pub(crate) fn reasons(&self, body: &str, subject: &str) -> String {
        self.page(&["bodies", body, "why", subject])
    }

    /// Why each of some subjects of a body's scorecard is what it is; the subjects as [`segment`]s.
    pub(crate) fn reasons_of(&self, body: &str) -> impl Fn(&str) -> String {
        let before = of_cycle(&self.cycle, &["bodies", body, "why", ""]);
        let as_of = self.as_of;
        move |subject| match as_of {
            Some(moment) => format!("{before}{subject}?as-of={moment}"),
            None => [&before, subject].concat(),
        }
    }

    /// The sheet of a group.
    pub(crate) fn group(&self, group: &str) -> String {
        self.page(&["groups", group])
    }

    fn dated(&self, address: String) -> String {
        match self.as_of {
            Some(moment) => format!("{address}?as-of={moment}"),
            None => address,
        }
    }
}

/// The rule book of a framework.
pub(crate) fn of_framework(code: &str) -> String {
    format!("/frameworks/{}", segment(code))
}

/// A plugin.
pub(crate) fn of_plugin(code: &str) -> String {
    format!("/plugins/{}", segment(code))
}

/// The place of a page below `/cycles/`: the code of the cycle, and the segments after it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct CyclePath {
    pub(crate) cycle: String,
    pub(crate) rest: Vec<String>,
}

impl CyclePath {
    /// Reads what follows `/cycles/`, as the browser sent it; `None` if it is no text.
    pub(crate) fn parse(path: &str) -> Option<CyclePath> {
        let decode = |part: &str| {
            let decoded = percent_decode_str(part).decode_utf8().ok()?;
            Some(decoded.into_owned())
        };
        let parts: Option<Vec<String>> = path.split('/').map(decode).collect();
        let parts = parts?;
        let is_word = |part: &String| WORDS.contains(&part.as_str());
        let end = parts.iter().skip(1).position(is_word);
        let end = end.map_or(parts.len(), |position| position + 1);
        let (code, rest) = parts.split_at_checked(end)?;
        Some(CyclePath {
            cycle: code.join("/"),
            rest: rest.to_vec(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{CyclePath, Place, of_cycle};
    use crate::moment::Moment;
    use jiff::civil::date;

    #[test]
    fn an_address_leads_back_to_what_it_was_made_of() {
        for (cycle, rest, address) in [
            ("a/2009-10", &[][..], "/cycles/a/2009-10"),
            ("a", &["bodies", "5PK"], "/cycles/a/bodies/5PK"),
            (
                "a/b/c",
                &["groups", "x/y z"],
                "/cycles/a/b/c/groups/x%2Fy%20z",
            ),
            (
                "a/findings/é",
                &["findings"],
                "/cycles/a%2Ffindings%2F%C3%A9/findings",
            ),
            ("findings", &["findings"], "/cycles/findings/findings"),
        ] {
            assert_eq!(of_cycle(cycle, rest), address);
            let parsed = CyclePath::parse(address.trim_start_matches("/cycles/")).unwrap();
            assert_eq!(parsed.cycle, cycle);
            assert_eq!(parsed.rest, rest);
        }
        assert_eq!(CyclePath::parse("a/%ff"), None);
    }

    #[test]
    fn pages_of_a_day_lead_to_pages_of_that_day() {
        let mut place = Place {
            cycle: "a/1".to_owned(),
            as_of: None,
        };
        let address = "/cycles/a/1/bodies/5PK/why/1a";
        assert_eq!(place.reasons("5PK", "1a"), address);
        assert_eq!(place.reasons_of("5PK")("1a"), address);
        place.as_of = Some(Moment::Day(date(2009, 11, 30)));
        assert_eq!(
            place.reasons("5PK", "1a"),
            format!("{address}?as-of=2009-11-30")
        );
        assert_eq!(place.reasons_of("5PK")("1a"), place.reasons("5PK", "1a"));
    }
}
