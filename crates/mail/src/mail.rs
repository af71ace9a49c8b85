//! A message as a mail to one person.

use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, SinglePart};
use lettre::{Address, Message as Mail};
use url::Url;
use wcc_core::outbox::{Message, recipient_key};

/// Tells mail programs that no person wrote this, so that they send no out-of-office replies.
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
         Details: {origin}{target}\n\
         Everything that you need to do: {origin}/desk\n\n\
         You are receiving this because of your role. This mail contains no assessment results; sign in to see them.\n\
         To change your e-mail address or stop these mails: {origin}/account\n"
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

/// The `Message-ID`: it follows from the message and the address, so that mail programs recognise a mail that was sent
/// twice.
fn identifier(message: &Message, address: &Address, public_address: &Url) -> String {
    let key = recipient_key(message, address.as_ref());
    let host = public_address.host_str().unwrap_or("localhost");
    format!("<{key}@{host}>")
}

fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}
