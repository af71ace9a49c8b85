//! Sends a message to each person by SMTP, and says what became of it.

use crate::mail::mail_to;
use crate::settings::{MailError, MailSettings, Security};
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use wcc_core::outbox::Message;
use wcc_server::{MessageSender, SendError, Sending};

/// How long to wait for each answer of the mail server.
const TIMEOUT: Duration = Duration::from_secs(20);
/// The answers of a mail server that are about one mail or its address. Others, such as that the password is wrong,
/// are about the mail server or its settings, which somebody may mend.
const REFUSALS: [&str; 7] = ["550", "551", "552", "553", "554", "555", "556"];
/// Of so many messages it is remembered to whom each was sent. Those that are given up are never asked for again.
const REMEMBERED: usize = 10_000;

/// Sends messages to people by mail.
pub struct MailSender {
    settings: MailSettings,
    transport: AsyncSmtpTransport<Tokio1Executor>,
    /// Of each message that has to be tried again, what became of it at each address.
    settled: Mutex<HashMap<String, BTreeMap<Address, MailResult>>>,
}

/// What became of a mail for good.
#[derive(Clone, Debug, PartialEq, Eq)]
enum MailResult {
    /// The mail server has it.
    Sent,
    /// The mail server refuses it, with this code.
    Refused(String),
}

impl fmt::Debug for MailSender {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = to.debug_struct("MailSender");
        shown
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl MailSender {
    /// A sender by a mail server, to which it connects only when there is something to send.
    ///
    /// # Errors
    /// TLS cannot be used with the name of the mail server.
    pub fn new(settings: MailSettings) -> Result<MailSender, MailError> {
        let tls = match settings.security {
            Security::None => Tls::None,
            Security::StartTls => Tls::Required(parameters(&settings)?),
            Security::Tls => Tls::Wrapper(parameters(&settings)?),
        };
        // "Dangerous" because it sets no TLS of its own.
        let mut transport =
            AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&*settings.host)
                .port(settings.port)
                .tls(tls)
                .timeout(Some(TIMEOUT));
        if let Some(host) = settings.public_address.domain() {
            transport = transport.hello_name(ClientId::Domain(host.to_owned()));
        }
        if let Some((user, password)) = settings.credentials.clone() {
            transport = transport.credentials(Credentials::new(user, password));
        }
        Ok(MailSender {
            transport: transport.build(),
            settings,
            settled: Mutex::default(),
        })
    }

    /// Sends a message to each address that neither has it yet nor refuses it.
    async fn send_to_each(&self, message: &Message, addresses: &[String]) -> Result<(), SendError> {
        if addresses.is_empty() {
            return Err(given_up("nobody to send it to".to_owned()));
        }
        let mut problems = BTreeSet::new();
        let mut settled = self.settled_of(message);
        for text in addresses {
            let Ok(address) = text.parse::<Address>() else {
                return Err(given_up(
                    "an account has a malformed e-mail address".to_owned(),
                ));
            };
            if settled.contains_key(&address) {
                continue;
            }
            match self.send_to(message, &address).await {
                Ok(result) => {
                    self.settle(message, &address, &result);
                    settled.insert(address, result);
                }
                Err(Problem {
                    words,
                    is_of_server,
                }) => {
                    problems.insert(words);
                    if is_of_server {
                        break;
                    }
                }
            }
        }
        if !problems.is_empty() {
            let problems: Vec<String> = problems.into_iter().collect();
            return Err(SendError {
                problem: problems.join("; "),
                is_final: false,
            });
        }
        self.forget(message);
        result_of(&settled)
    }

    /// Sends a message to one address.
    async fn send_to(&self, message: &Message, address: &Address) -> Result<MailResult, Problem> {
        let MailSettings {
            from,
            public_address,
            ..
        } = &self.settings;
        let mail = mail_to(message, address.clone(), from, public_address);
        let mail = mail.map_err(|error| Problem {
            words: format!("internal error while writing the mail: {error}"),
            is_of_server: true,
        })?;
        let Err(error) = self.transport.send(mail).await else {
            return Ok(MailResult::Sent);
        };
        // The server's own words may have the address, so only the log has them.
        let id = &*message.id;
        tracing::warn!(message_id = id, "a mail was not sent: {error}");
        let code = error.status().map(|code| code.to_string());
        match code {
            Some(code) if REFUSALS.contains(&&*code) => Ok(MailResult::Refused(code)),
            code => Err(problem(&error, code)),
        }
    }

    fn settled_of(&self, message: &Message) -> BTreeMap<Address, MailResult> {
        let settled = self.settled.lock();
        let settled = settled.unwrap_or_else(PoisonError::into_inner);
        settled.get(&message.id).cloned().unwrap_or_default()
    }

    /// Notes what became of a mail at once: the attempt may be given up before its end.
    fn settle(&self, message: &Message, address: &Address, result: &MailResult) {
        let settled = self.settled.lock();
        let mut settled = settled.unwrap_or_else(PoisonError::into_inner);
        if settled.len() >= REMEMBERED && !settled.contains_key(&message.id) {
            settled.clear();
        }
        let of_message = settled.entry(message.id.clone()).or_default();
        of_message.insert(address.clone(), result.clone());
    }

    fn forget(&self, message: &Message) {
        let settled = self.settled.lock();
        let mut settled = settled.unwrap_or_else(PoisonError::into_inner);
        settled.remove(&message.id);
    }
}

impl MessageSender for MailSender {
    fn send<'a>(&'a self, message: &'a Message, addresses: &'a [String]) -> Sending<'a> {
        Box::pin(self.send_to_each(message, addresses))
    }
}

/// Why a mail was not sent for now.
struct Problem {
    words: String,
    /// Whether other mails would not be sent either.
    is_of_server: bool,
}

fn parameters(settings: &MailSettings) -> Result<TlsParameters, MailError> {
    let parameters = TlsParameters::new_rustls(settings.host.clone());
    parameters.map_err(|source| MailError {
        host: settings.host.clone(),
        source,
    })
}

fn given_up(problem: String) -> SendError {
    SendError {
        problem,
        is_final: true,
    }
}

fn problem(error: &SmtpError, code: Option<String>) -> Problem {
    let words = match code {
        Some(code) if error.is_transient() => {
            format!("the mail server does not take it for now (code {code})")
        }
        Some(code) => format!("the mail server refuses to work for this server (code {code})"),
        None if error.is_tls() => {
            "the connection to the mail server cannot be protected".to_owned()
        }
        None => "the mail server does not respond as it should".to_owned(),
    };
    Problem {
        words,
        is_of_server: !error.is_transient(),
    }
}

/// What became of a message once it is settled for everybody.
fn result_of(settled: &BTreeMap<Address, MailResult>) -> Result<(), SendError> {
    let codes: BTreeSet<&str> = settled
        .values()
        .filter_map(|result| match result {
            MailResult::Sent => None,
            MailResult::Refused(code) => Some(code.as_str()),
        })
        .collect();
    if codes.is_empty() {
        return Ok(());
    }
    let codes: Vec<&str> = codes.into_iter().collect();
    let codes = codes.join(", ");
    let sent = settled
        .values()
        .filter(|result| **result == MailResult::Sent);
    Err(given_up(match (sent.count(), settled.len()) {
        (0, 1) => format!("the mail server refuses the only address (code {codes})"),
        (0, all) => format!("the mail server refuses all {all} addresses (code {codes})"),
        (sent, all) => format!(
            "sent to {sent} of {all} people; the mail server refuses the other addresses (code {codes})"
        ),
    }))
}
