//! The settings of the mail server that sends messages to people.

use super::accounts::read_secret;
use super::{SettingsError, SettingsReader};
use std::path::Path;
use std::time::Duration;
use url::Url;
use wcc_mail::{MailSettings, Security};
use wcc_tokens::is_this_machine;

/// How long a mail may take: less than the two minutes after which the server gives a sender up.
const TIMEOUT: Duration = Duration::from_secs(60);

/// How mail is sent.
#[derive(Clone, Debug)]
pub(crate) struct Mail {
    /// The mail server.
    pub(crate) server: MailSettings,
    /// Whoever signs in with an OpenID provider and has not done so within this time gets no mail.
    pub(crate) signed_in_within: Duration,
}

/// Reads the settings of mail; `None` if there is no mail server. Paths are relative to `base`, the folder of
/// the settings file. Each mail links to `public_address`, the address by which browsers know the server.
pub(super) fn read(
    reader: &SettingsReader<'_>,
    base: &Path,
    public_address: Option<&Url>,
) -> Result<Option<Mail>, SettingsError> {
    let wrong = |key: &str, message: &str| reader.wrong(key, message.to_owned());
    let server = reader.text("mail.server")?;
    if server.is_empty() {
        return Ok(None);
    }
    let security = reader.text("mail.security")?;
    let security = Security::named(&security).ok_or_else(|| {
        let message = format!("expected starttls, tls or none, not `{security}`");
        reader.wrong("mail.security", message)
    })?;
    // With a scheme, it is read by the rules of addresses.
    let url = Url::parse(&format!("http://{server}")).ok();
    let url =
        url.filter(|url| url.path() == "/" && url.query().is_none() && url.username().is_empty());
    let host = url.as_ref().and_then(Url::host_str);
    let (Some(url), Some(host)) = (&url, host) else {
        let message = format!("expected HOST or HOST:PORT, not `{server}`");
        return Err(reader.wrong("mail.server", message));
    };
    if security == Security::None && !is_this_machine(url) {
        let message = "expected starttls or tls: the mail server is on another machine, and others could read \
                       along";
        return Err(wrong("mail.security", message));
    }
    let Some(public_address) = public_address else {
        let message = "expected the address by which browsers know this server: mail (`mail.server`) links to it";
        return Err(wrong("accounts.public_address", message));
    };
    let from = reader.text("mail.from")?.parse();
    let from = from.map_err(|_| {
        let message = "expected an address such as Assurance <assurance@sha.example>";
        wrong("mail.from", message)
    })?;
    let file = reader.text("mail.password_file")?;
    let credentials = match (reader.text("mail.user")?, file.as_str()) {
        (user, "") if user.is_empty() => None,
        (user, file) if !user.is_empty() && !file.is_empty() => {
            let password = read_secret(&base.join(file));
            let password = password.map_err(|error| reader.wrong("mail.password_file", error))?;
            Some((user, password))
        }
        (user, _) => {
            let key = if user.is_empty() {
                "mail.user"
            } else {
                "mail.password_file"
            };
            return Err(wrong(
                key,
                "expected both a name and a file with its password, or neither",
            ));
        }
    };
    let days = reader.number("mail.signed_in_days", 1, 10 * 366)?;
    let server = MailSettings {
        host: host.trim_matches(['[', ']']).to_owned(),
        port: url.port().unwrap_or(security.usual_port()),
        security,
        from,
        credentials,
        public_address: public_address.clone(),
        timeout: TIMEOUT,
    };
    Ok(Some(Mail {
        server,
        signed_in_within: Duration::from_hours(days as u64 * 24),
    }))
}
