//! Sends a message to one person by SMTP, and tells what became of it from the stage at which it failed.

use crate::mail::mail_to;
use crate::settings::{MailError, MailSettings, Security};
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, Message as MailMessage};
use std::error::Error as _;
use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use wcc_core::outbox::Message;
use wcc_core::words::counted;
use wcc_server::{MessageSender, SendError, Sending};

/// How long to wait for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(20);
/// How long a connection may take to end.
const QUIT_TIMEOUT: Duration = Duration::from_secs(5);
/// After so many addresses in a row at which the mail server does not answer, the fault is taken for one of the server.
const SILENT_IN_A_ROW: u32 = 3;
/// Enhanced status codes (RFC 3463) of addresses that do not exist or cannot be; so are all 5.2.x, which are about the
/// mailbox.
const WRONG_ADDRESS: [&str; 5] = ["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"];
/// Those about the address from which mail comes.
const WRONG_SENDER: [&str; 2] = ["5.1.7", "5.1.8"];
/// The beginning of those about the mail server as a whole. The protocol (5.5.x) and its rules (5.7.x) may be about one
/// address alone: a distribution list that takes mail from its own organisation only, say.
const ABOUT_SERVER: &str = "5.3.";
/// The mail server wants somebody to sign in first, whenever it says so (RFC 4954).
const SIGN_IN_FIRST: &str = "530";
/// The mail server is about to close.
const CLOSING: &str = "421";

/// Sends messages to people by mail. Each mail has a connection of its own.
pub struct MailSender {
    settings: MailSettings,
    tls: Option<TlsParameters>,
    hello: ClientId,
    /// At how many addresses in a row the mail server did not answer.
    silent: AtomicU32,
}

/// How far a mail got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Connecting,
    Protecting,
    SigningIn,
    /// The mail server was told from whom the mail comes.
    NamingSender,
    /// It was told for whom it is.
    NamingRecipient,
    /// It is to take the mail.
    GivingContent,
    /// It was given the mail, or part of it.
    AwaitingReceipt,
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
            Security::None => None,
            Security::StartTls | Security::Tls => Some(parameters(&settings)?),
        };
        let domain = settings.public_address.domain();
        Ok(MailSender {
            hello: domain.map_or_else(ClientId::default, |host| ClientId::Domain(host.to_owned())),
            tls,
            settings,
            silent: AtomicU32::new(0),
        })
    }

    async fn send_to(&self, message: &Message, address: &str) -> Result<(), SendError> {
        let Ok(address) = address.parse::<Address>() else {
            return Err(SendError::Refused("the address is malformed".to_owned()));
        };
        let MailSettings {
            from,
            public_address,
            ..
        } = &self.settings;
        let mail = mail_to(message, address.clone(), from, public_address);
        let mail = mail.map_err(|error| {
            SendError::Deferred(format!("internal error while writing the mail: {error}"))
        })?;
        let mut stage = Stage::Connecting;
        let sent = tokio::time::timeout(
            self.settings.timeout,
            self.transmit(&mail, &address, &mut stage),
        )
        .await;
        let id = &*message.id;
        let result = match sent {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => {
                // The server's own words may have the address, so only the log has them.
                tracing::warn!(message_id = id, "a mail was not sent ({stage:?}): {error}");
                Err(problem(stage, &error))
            }
            Err(_) => {
                tracing::warn!(message_id = id, "a mail was given up ({stage:?})");
                Err(too_slow(stage, self.settings.timeout))
            }
        };
        self.settle(result)
    }

    /// Gives a mail to the mail server.
    async fn transmit(
        &self,
        mail: &MailMessage,
        to: &Address,
        stage: &mut Stage,
    ) -> Result<(), SmtpError> {
        let MailSettings {
            host,
            port,
            security,
            credentials,
            from,
            ..
        } = &self.settings;
        let wrapper = self.tls.clone().filter(|_| *security == Security::Tls);
        let connecting = AsyncSmtpConnection::connect_tokio1(
            (&**host, *port),
            Some(CONNECT_TIMEOUT),
            &self.hello,
            wrapper,
            None,
        );
        let mut connection = connecting.await?;
        let sent = async {
            if let Some(tls) = self.tls.clone().filter(|_| *security == Security::StartTls) {
                *stage = Stage::Protecting;
                connection.starttls(tls, &self.hello).await?;
            }
            if let Some((user, password)) = credentials.clone() {
                *stage = Stage::SigningIn;
                let credentials = Credentials::new(user, password);
                connection.auth(DEFAULT_MECHANISMS, &credentials).await?;
            }
            *stage = Stage::NamingSender;
            let sender = Mail::new(Some(from.email.clone()), Vec::new());
            connection.command(sender).await?;
            *stage = Stage::NamingRecipient;
            let recipient = Rcpt::new(to.clone(), Vec::new());
            connection.command(recipient).await?;
            *stage = Stage::GivingContent;
            connection.command(Data).await?;
            *stage = Stage::AwaitingReceipt;
            connection.message(&mail.formatted()).await?;
            Ok(())
        };
        let sent = sent.await;
        // Whether the mail server took it is decided; nobody waits for the farewell.
        tokio::spawn(async move {
            let _ = tokio::time::timeout(QUIT_TIMEOUT, connection.abort()).await;
        });
        sent
    }

    /// Counts addresses at which the mail server does not answer: several in a row are hardly about addresses.
    fn settle(&self, result: Result<(), MailProblem>) -> Result<(), SendError> {
        let silent = match result {
            Err(MailProblem::Silent(_)) => self.silent.fetch_add(1, Ordering::Relaxed) + 1,
            // It answers.
            _ => {
                self.silent.store(0, Ordering::Relaxed);
                0
            }
        };
        let Err(problem) = result else {
            return Ok(());
        };
        Err(match problem {
            MailProblem::Address(words) => SendError::Refused(words),
            // Sending it again by itself would mail some people twice.
            MailProblem::Unconfirmed => SendError::Refused(
                "the mail server did not confirm it; it may have arrived".to_owned(),
            ),
            MailProblem::Later(words) => SendError::Deferred(words),
            MailProblem::Unclear(words) => SendError::Unclear(words),
            MailProblem::Silent(words) if silent < SILENT_IN_A_ROW => SendError::Deferred(words),
            MailProblem::Silent(words) | MailProblem::Server(words) => {
                SendError::Unavailable(words)
            }
        })
    }
}

impl MessageSender for MailSender {
    fn send<'a>(&'a self, message: &'a Message, address: &'a str) -> Sending<'a> {
        Box::pin(self.send_to(message, address))
    }
}

/// Why a mail was not sent.
#[derive(Debug, PartialEq, Eq)]
enum MailProblem {
    /// The address is wrong or takes no mail.
    Address(String),
    /// The mail server has all of it, and did not say whether it takes it.
    Unconfirmed,
    /// The mail server puts it off.
    Later(String),
    /// No mail can be sent.
    Server(String),
    /// The mail server refuses this mail for this address, and does not say that the address is wrong.
    Unclear(String),
    /// The mail server does not answer in time after it was told for whom the mail is.
    Silent(String),
}

/// What an error at a stage says.
fn problem(stage: Stage, error: &SmtpError) -> MailProblem {
    let Some(reply) = Reply::of(error) else {
        if stage == Stage::AwaitingReceipt {
            return MailProblem::Unconfirmed;
        }
        return MailProblem::Server(match stage {
            Stage::Connecting if error.is_tls() => UNPROTECTED.to_owned(),
            Stage::Protecting => UNPROTECTED.to_owned(),
            Stage::SigningIn if error.is_client() => {
                "the mail server offers no known way to sign in".to_owned()
            }
            _ => "the mail server does not respond as it should".to_owned(),
        });
    };
    let with_code = |words: &str| format!("{words} (code {reply})");
    if reply.code == CLOSING {
        return MailProblem::Server(with_code("the mail server is closing"));
    }
    if reply.code == SIGN_IN_FIRST {
        return MailProblem::Server(with_code(
            "the mail server wants this server to sign in first",
        ));
    }
    let is_for_now = error.is_transient();
    match stage {
        Stage::Connecting => {
            MailProblem::Server(with_code("the mail server turns this server away"))
        }
        Stage::Protecting => MailProblem::Server(with_code(UNPROTECTED)),
        Stage::SigningIn => MailProblem::Server(with_code(if is_for_now {
            "the mail server signs nobody in at the moment"
        } else {
            "the mail server does not accept the user and password of `mail.user` and `mail.password_file`"
        })),
        Stage::NamingSender => MailProblem::Server(with_code(if is_for_now {
            "the mail server takes no mail at the moment"
        } else {
            "the mail server takes no mail from the address of `mail.from`"
        })),
        Stage::NamingRecipient | Stage::GivingContent | Stage::AwaitingReceipt if is_for_now => {
            MailProblem::Later(with_code("the mail server puts it off"))
        }
        Stage::NamingRecipient if reply.is_about_address() => {
            MailProblem::Address(with_code("the mail server refuses the address"))
        }
        Stage::NamingRecipient if reply.is_about_sender() => MailProblem::Server(with_code(
            "the mail server takes no mail from the address of `mail.from`",
        )),
        Stage::NamingRecipient if reply.is_about_server() => {
            MailProblem::Server(with_code("the mail server takes no mail"))
        }
        Stage::NamingRecipient => MailProblem::Unclear(with_code(
            "the mail server refuses it and does not say that the address is wrong",
        )),
        Stage::GivingContent | Stage::AwaitingReceipt => {
            MailProblem::Unclear(with_code("the mail server refuses the mail"))
        }
    }
}

/// What it says that a stage took too long.
fn too_slow(stage: Stage, timeout: Duration) -> MailProblem {
    let seconds = usize::try_from(timeout.as_secs()).unwrap_or(usize::MAX);
    let seconds = counted(seconds, "second");
    let words = format!("the mail server does not finish within {seconds}");
    match stage {
        Stage::Connecting | Stage::Protecting | Stage::SigningIn | Stage::NamingSender => {
            MailProblem::Server(words)
        }
        Stage::NamingRecipient | Stage::GivingContent => MailProblem::Silent(words),
        Stage::AwaitingReceipt => MailProblem::Unconfirmed,
    }
}

const UNPROTECTED: &str = "the connection to the mail server cannot be protected";

/// A negative reply of the mail server.
struct Reply {
    code: String,
    /// The enhanced status code, if it gives one.
    enhanced: Option<String>,
}

impl Reply {
    fn of(error: &SmtpError) -> Option<Reply> {
        let code = error.status()?.to_string();
        let words = error.source().map(ToString::to_string).unwrap_or_default();
        let first = words.split_whitespace().next().unwrap_or_default();
        Some(Reply {
            enhanced: is_enhanced(first).then(|| first.to_owned()),
            code,
        })
    }

    fn is_about_address(&self) -> bool {
        let enhanced = self.enhanced.as_deref();
        enhanced.is_some_and(|code| WRONG_ADDRESS.contains(&code) || code.starts_with("5.2."))
    }

    fn is_about_sender(&self) -> bool {
        let enhanced = self.enhanced.as_deref();
        enhanced.is_some_and(|code| WRONG_SENDER.contains(&code))
    }

    fn is_about_server(&self) -> bool {
        let enhanced = self.enhanced.as_deref();
        enhanced.is_some_and(|code| code.starts_with(ABOUT_SERVER))
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.enhanced {
            Some(enhanced) => write!(to, "{} {enhanced}", self.code),
            None => to.write_str(&self.code),
        }
    }
}

/// Whether a word is an enhanced status code, such as 5.1.1.
fn is_enhanced(word: &str) -> bool {
    let parts: Vec<&str> = word.split('.').collect();
    let is_number = |part: &&str| {
        (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    parts.len() == 3 && parts.iter().all(is_number) && matches!(parts.first(), Some(&("4" | "5")))
}

fn parameters(settings: &MailSettings) -> Result<TlsParameters, MailError> {
    let parameters = TlsParameters::new_rustls(settings.host.clone());
    parameters.map_err(|source| MailError {
        host: settings.host.clone(),
        source,
    })
}
