//! Reads the password for an account: from the terminal, or from standard input.

use crate::cli::Failure;
use std::io::{IsTerminal, Read};
use wcc_accounts::{MAX_PASSWORD_BYTES, Password};

/// Asks for a password twice if there is a terminal; otherwise takes the first line of standard input.
pub(super) fn read() -> Result<Password, Failure> {
    let failed =
        |error: std::io::Error| Failure::system(format!("cannot read the password: {error}"));
    let text = if std::io::stdin().is_terminal() {
        let text = rpassword::prompt_password("Password: ").map_err(failed)?;
        let again = rpassword::prompt_password("The same again: ").map_err(failed)?;
        if text != again {
            return Err(Failure::refused(
                "the two passwords differ: nothing was changed",
            ));
        }
        text
    } else {
        first_line(std::io::stdin()).map_err(failed)?
    };
    Password::new(text).map_err(|error| Failure::refused(error.to_string()))
}

fn first_line(from: impl Read) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    // One more than a password may have, and the end of the line.
    from.take(MAX_PASSWORD_BYTES as u64 + 3)
        .read_to_end(&mut bytes)?;
    let text = String::from_utf8(bytes).map_err(|_| {
        std::io::Error::new(std::io::ErrorKind::InvalidData, "it is not a text in UTF-8")
    })?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}
