//! Sends messages to people by mail, through a mail server.
//!
//! - `settings`: the mail server, how the connection to it is protected, and what a mail names.
//! - `mail`: a message as a mail to one person.
//! - `sender`: sends a message to one person, and tells a wrong address from a fault of the mail server.
//!
//! A mail has the text of the message and a link, and no assessment results. Each person gets a mail of their own, so
//! nobody sees the addresses of others.

mod mail;
mod sender;
mod settings;

pub use sender::MailSender;
pub use settings::{MailError, MailSettings, Security};
