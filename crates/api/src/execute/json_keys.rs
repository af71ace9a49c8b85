//! Finds duplicate keys in JSON objects, which would be ambiguous.

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::collections::HashSet;
use std::fmt;

/// The first key that an object gives twice, truncated if it is long. `json` must be valid.
pub(crate) fn find_duplicate(json: &str) -> Option<String> {
    let mut duplicate = None;
    let mut reader = serde_json::Deserializer::from_str(json);
    // An error means a duplicate key, or JSON that was rejected earlier.
    let _ = Keys(&mut duplicate).deserialize(&mut reader);
    duplicate
}

struct Keys<'f>(&'f mut Option<String>);

impl<'de> DeserializeSeed<'de> for Keys<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Keys<'_> {
    type Value = ();

    fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen = HashSet::new();
        while let Some(key) = map.next_key::<String>()? {
            if let Some(key) = seen.replace(key) {
                *self.0 = Some(key.chars().take(60).collect());
                return Err(A::Error::custom("duplicate key"));
            }
            map.next_value_seed(Keys(&mut *self.0))?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(Keys(&mut *self.0))?.is_some() {}
        Ok(())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::find_duplicate;

    #[test]
    fn duplicate_keys_are_found_at_any_depth() {
        for json in [
            "{}",
            r#"{"a":1,"b":{"a":[{"a":null},{"a":1.5}]}}"#,
            "[1,\"a\",true,-1]",
        ] {
            assert_eq!(find_duplicate(json), None, "{json}");
        }
        for (json, key) in [
            (r#"{"a":1,"a":1}"#, "a"),
            (r#"{"b":{"a":1,"c":2,"a":3}}"#, "a"),
            (r#"{"b":[{},{"a":{},"\u0061":[]}]}"#, "a"),
        ] {
            assert_eq!(find_duplicate(json).as_deref(), Some(key), "{json}");
        }
    }
}
