//! Sends messages to people by mail, through a mail server.
//!
//! - `settings`: the mail server, how the connection to it is protected, and what a mail names.
//! - `mail`: a message as a mail to one person.
//! - `sender`: sends a message to each person, and says what became of it.
//!
//! A mail has what the message says and where to read on, and nothing of what was assessed. Each person gets a
//! mail of their own, so nobody sees the addresses of others, and one address that is refused keeps no mail
//! from the others.

mod mail;
mod sender;
mod settings;

pub use sender::MailSender;
pub use settings::{MailError, MailSettings, Security};
