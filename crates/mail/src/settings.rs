//! The mail server, and what every mail has in common.

use lettre::message::Mailbox;
use std::fmt;
use std::time::Duration;
use url::Url;

/// How the connection to the mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// It becomes TLS before anything is said; without that nothing is sent.
    StartTls,
    /// It is TLS from the start.
    Tls,
    /// Not at all: only to a mail server on the same machine.
    None,
}

impl Security {
    const ALL: [Security; 3] = [Security::StartTls, Security::Tls, Security::None];

    /// The word for it in the settings.
    pub fn name(self) -> &'static str {
        match self {
            Security::StartTls => "starttls",
            Security::Tls => "tls",
            Security::None => "none",
        }
    }

    /// The protection with a name.
    pub fn named(name: &str) -> Option<Security> {
        let mut all = Security::ALL.into_iter();
        all.find(|security| security.name() == name)
    }

    /// The port on which mail servers listen for such connections.
    pub fn usual_port(self) -> u16 {
        match self {
            Security::StartTls => 587,
            Security::Tls => 465,
            Security::None => 25,
        }
    }
}

/// What is needed to send mail.
#[derive(Clone)]
pub struct MailSettings {
    /// Name or address of the mail server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected. [`Security::None`] is for a server on the same machine alone.
    pub security: Security,
    /// From whom mail comes.
    pub from: Mailbox,
    /// Name and password with which to sign in there.
    pub credentials: Option<(String, String)>,
    /// The address by which browsers know the server of the pages.
    pub public_address: Url,
    /// How long a mail may take, from connecting until the mail server has taken it.
    pub timeout: Duration,
}

/// Without the password.
impl fmt::Debug for MailSettings {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.debug_struct("MailSettings")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("security", &self.security)
            .field("from", &self.from.to_string())
            .field("user", &self.credentials.as_ref().map(|(user, _)| user))
            .field("public_address", &self.public_address.as_str())
            .finish_non_exhaustive()
    }
}

/// Why mail cannot be sent at all.
#[derive(Debug, thiserror::Error)]
#[error("the mail server {host} cannot be used with TLS: {source}")]
pub struct MailError {
    pub(crate) host: String,
    pub(crate) source: lettre::transport::smtp::Error,
}
