//! Asks the API as whoever looks at a page.

use crate::error::PageError;
use crate::moment::Moment;
use jiff::civil::Date;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use wcc_api::{Answer, Api, Kind, Request};
use wcc_core::Actor;

/// Reads what one person may see, now or as it was at the end of a day.
pub(crate) struct Reader {
    api: Api,
    actor: Actor,
    as_of: Option<Moment>,
}

/// The answer of the API.
#[derive(Deserialize)]
struct Envelope<T> {
    data: Option<T>,
    #[serde(default)]
    errors: Vec<GraphError>,
}

#[derive(Deserialize)]
struct GraphError {
    message: String,
    #[serde(default)]
    extensions: Extensions,
}

#[derive(Default, Deserialize)]
struct Extensions {
    #[serde(default)]
    code: String,
}

impl Reader {
    pub(crate) fn new(api: Api, actor: Actor, as_of: Option<Moment>) -> Reader {
        Reader { api, actor, as_of }
    }

    /// The same reader as of another moment.
    pub(crate) fn at(&self, moment: Moment) -> Reader {
        Reader::new(self.api.clone(), self.actor.clone(), Some(moment))
    }

    /// The role of whoever looks.
    pub(crate) fn role(&self) -> &str {
        &self.actor.role
    }

    /// Whether whoever looks is somebody, who may have something to do.
    pub(crate) fn is_for_somebody(&self) -> bool {
        *self.actor.role != *Actor::PUBLIC && self.as_of.is_none()
    }

    /// The moment as of which everything is shown; `None` for now.
    pub(crate) fn as_of(&self) -> Option<Moment> {
        self.as_of
    }

    /// Asks a query, which starts with its name and variables.
    ///
    /// # Errors
    /// The API refuses it, or does not answer in time.
    pub(crate) async fn ask<T: DeserializeOwned>(
        &self,
        query: &str,
        variables: Value,
    ) -> Result<T, PageError> {
        let query = match self.as_of {
            None => query.to_owned(),
            Some(moment) => as_of(query, moment),
        };
        self.execute(query, &variables, true).await
    }

    /// Sends mutations.
    ///
    /// # Errors
    /// The API refuses them as a whole, or does not answer in time.
    pub(crate) async fn change<T: DeserializeOwned>(
        &self,
        mutations: &str,
        variables: Value,
    ) -> Result<T, PageError> {
        self.execute(mutations.to_owned(), &variables, false).await
    }

    async fn execute<T: DeserializeOwned>(
        &self,
        query: String,
        variables: &Value,
        only_queries: bool,
    ) -> Result<T, PageError> {
        let request = Request {
            query,
            variables: variables.to_string(),
            only_queries,
            actor: Some(self.actor.clone()),
            operation: None,
        };
        read(&self.api.execute(request).await)
    }

    /// Today, by the server's clock.
    pub(crate) fn today(&self) -> Date {
        self.api.today()
    }
}

/// The query as of a moment.
fn as_of(query: &str, moment: Moment) -> String {
    let at = query.find('{').unwrap_or(query.len());
    let (head, selection) = query.split_at(at);
    format!("{head}{} {selection}", moment.directive())
}

fn read<T: DeserializeOwned>(answer: &Answer) -> Result<T, PageError> {
    match answer.kind {
        Kind::Data | Kind::LiveData | Kind::Refused => {}
        Kind::TooSlow => return Err(PageError::TooSlow),
        Kind::Unavailable => return Err(PageError::Unavailable),
        Kind::NotAQuery | Kind::TooLarge | Kind::Unauthenticated | Kind::Failed => {
            return Err(PageError::Failed);
        }
    }
    let envelope: Envelope<T> = serde_json::from_slice(&answer.bytes).map_err(|error| {
        tracing::error!("an answer does not fit its page: {error}");
        PageError::Failed
    })?;
    match (envelope.data, envelope.errors.first()) {
        // A part of the answer is missing: a page would look as if there were nothing.
        (_, Some(error)) if error.extensions.code == "NOT_FOUND" => {
            Err(PageError::NotFound(error.message.clone()))
        }
        (_, Some(error)) => Err(PageError::Refused(error.message.clone())),
        (Some(data), None) => Ok(data),
        (None, None) => Err(PageError::Failed),
    }
}

#[cfg(test)]
mod tests {
    use super::as_of;
    use crate::moment::Moment;
    use jiff::civil::date;

    #[test]
    fn the_moment_stands_before_the_selection() {
        let query = "query Body($body: ID!) {\n  body(code: $body) { name }\n}";
        let expected = "query Body($body: ID!) @asOf(time: \"2009-11-30T23:59:59Z\") {\n  \
                        body(code: $body) { name }\n}";
        assert_eq!(as_of(query, Moment::Day(date(2009, 11, 30))), expected);
    }
}
