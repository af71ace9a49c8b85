//! What an address or a form says.

use crate::error::PageError;
use crate::moment::{Moment, NoMoment};

/// The parameters of an address, or the fields of a form.
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Reads the query of an address, or the body of a form.
    pub(crate) fn parse(encoded: &[u8]) -> Parameters {
        Parameters(form_urlencoded::parse(encoded).into_owned().collect())
    }

    /// The fields of a form.
    pub(crate) fn new(fields: Vec<(String, String)>) -> Parameters {
        Parameters(fields)
    }

    /// The parameter of this name, unless it is empty: a form sends every field.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// Gives a field another value.
    pub(crate) fn set(&mut self, name: &str, value: String) {
        self.0.retain(|(known, _)| known != name);
        self.0.push((name.to_owned(), value));
    }

    /// The parameters with one more, unless it is given; none if it is empty.
    pub(crate) fn with_default(&self, name: &str, value: &str) -> Parameters {
        let mut all = self.0.clone();
        if self.get(name).is_none() && !value.is_empty() {
            all.push((name.to_owned(), value.to_owned()));
        }
        Parameters(all)
    }

    /// All parameters of this name that are not empty.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let given = self.0.iter().filter(move |(known, _)| known == name);
        let values = given.map(|(_, value)| value.trim());
        values.filter(|value| !value.is_empty())
    }

    /// The parameter of this name as it was typed, with the space around it.
    pub(crate) fn typed(&self, name: &str) -> Option<&str> {
        let mut given = self.0.iter();
        let (_, value) = given.find(|(known, _)| known == name)?;
        Some(value)
    }

    /// What a person typed: fields with text, without those of the form itself.
    pub(crate) fn typed_texts(&self) -> impl Iterator<Item = (&str, &str)> {
        const OF_THE_FORM: [&str; 7] = [
            "form-token",
            // Never shown again: whoever reads it can answer.
            "invitation",
            "request-id",
            "return",
            "acting-as",
            "digest",
            "next",
        ];
        let fields = self.0.iter();
        let fields = fields.map(|(name, value)| (name.as_str(), value.as_str()));
        fields.filter(|(name, value)| {
            let is_own = OF_THE_FORM.contains(name)
                || name.starts_with("was-")
                || name.starts_with("entry-");
            !is_own && !value.trim().is_empty()
        })
    }

    /// The moment as of which everything is shown.
    pub(crate) fn as_of(&self) -> Result<Option<Moment>, PageError> {
        let Some(text) = self.get("as-of") else {
            return Ok(None);
        };
        let moment = text.parse().map_err(|NoMoment| {
            PageError::Refused(format!(
                "{text} is not a day or an entry: expected one such as 2009-11-30 or 1204"
            ))
        })?;
        Ok(Some(moment))
    }

    /// The address of a page with all parameters but those of its tables.
    pub(crate) fn address(&self, path: &str) -> String {
        self.without(&["sort", "table", "saved", "sent-again"], path, None)
    }

    /// The address of a page with these parameters, of which one has another value.
    pub(crate) fn with(&self, address: &str, name: &str, value: &str) -> String {
        let path = address.split('?').next().unwrap_or_default();
        self.without(&["table", name], path, Some((name, value)))
    }

    fn without(&self, dropped: &[&str], path: &str, added: Option<(&str, &str)>) -> String {
        let kept = self.0.iter();
        let kept = kept.map(|(name, value)| (name.as_str(), value.as_str()));
        let kept = kept.filter(|(name, value)| !value.is_empty() && !dropped.contains(name));
        with_query(path, kept.chain(added))
    }
}

/// An address with these parameters after those that it has.
pub(crate) fn with_query<'q>(
    path: &str,
    parameters: impl IntoIterator<Item = (&'q str, &'q str)>,
) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(parameters)
        .finish();
    if query.is_empty() {
        path.to_owned()
    } else {
        let separator = if path.contains('?') { '&' } else { '?' };
        format!("{path}{separator}{query}")
    }
}

#[cfg(test)]
mod tests {
    use super::Parameters;

    #[test]
    fn an_address_keeps_what_makes_the_page() {
        let given =
            Parameters::parse(b"area=a%26b&empty=&sort=results.1&table=t.csv&as-of=2009-11-30");
        let kept = "/x?area=a%26b&as-of=2009-11-30";
        assert_eq!(given.address("/x"), kept);
        assert_eq!(given.get("area"), Some("a&b"));
        assert_eq!(given.get("empty"), None);
        assert!(given.as_of().unwrap().is_some());
        assert!(Parameters::parse(b"as-of=soon").as_of().is_err());
        assert_eq!(super::with_query("/z?a=b", [("c", "d")]), "/z?a=b&c=d");
        assert_eq!(
            given.with("/y?z", "area", "c"),
            "/y?sort=results.1&as-of=2009-11-30&area=c"
        );
    }
}
