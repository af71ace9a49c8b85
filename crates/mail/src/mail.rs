//! A message as a mail to one person.

use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, SinglePart};
use lettre::{Address, Message as Mail};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use url::Url;
use wcc_core::outbox::Message;

/// Says to mail programs that nobody wrote this, so that none answers that its owner is away.
const AUTO_SUBMITTED: HeaderName = HeaderName::new_from_ascii_str("Auto-Submitted");

/// Writes the mail of a message to an address.
///
/// # Errors
/// The mail would be malformed.
pub(crate) fn mail_to(
    message: &Message,
    address: Address,
    from: &Mailbox,
    public_address: &Url,
) -> Result<Mail, lettre::error::Error> {
    let origin = public_address.origin().ascii_serialization();
    // In a header, what follows a line break would be a header of its own.
    let text = one_line(&message.text);
    let target = one_line(&message.target);
    let body = format!(
        "{text}.\n\n\
         Read on: {origin}{target}\n\
         Everything that is due from you: {origin}/desk\n\n\
         You get this because of your role. A mail says nothing of what was assessed: sign in to see what you may \
         see.\n\
         To get mail at another address, or none: {origin}/account\n"
    );
    Mail::builder()
        .from(from.clone())
        .to(Mailbox::new(None, address.clone()))
        .subject(text)
        .message_id(Some(identifier(message, &address, public_address)))
        .raw_header(HeaderValue::new(
            AUTO_SUBMITTED,
            "auto-generated".to_owned(),
        ))
        .singlepart(
            SinglePart::builder()
                .header(ContentType::TEXT_PLAIN)
                .header(ContentTransferEncoding::QuotedPrintable)
                .body(body),
        )
}

/// The `Message-ID`: it follows from the message and the address, so that a mail which was sent twice can be
/// recognised.
fn identifier(message: &Message, address: &Address, public_address: &Url) -> String {
    let recipient: &str = address.as_ref();
    let of = format!("{}\n{recipient}", message.id);
    let digest = Sha256::digest(of.as_bytes());
    let hex = digest.iter().fold(String::new(), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    let host = public_address.host_str().unwrap_or("localhost");
    format!("<{hex}@{host}>")
}

fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}
