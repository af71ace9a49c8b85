//! Tests PostgreSQL over TLS: the checks, and the messages if a check fails.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may panic"
)]

mod support;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use sqlx::{Connection, PgConnection};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use support::case::{remark, request};
use support::cluster::Cluster;
use support::{Place, run};
use wcc_ledger::{Address, Store, StoreError};

const PASSWORD: &str = "Zq7-not-to-be-message";

/// A certificate authority for a test.
struct Authority(Issuer<'static, KeyPair>, String);

impl Authority {
    fn new(name: &str) -> Authority {
        let mut parameters = CertificateParams::default();
        parameters.distinguished_name.push(DnType::CommonName, name);
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = parameters.self_signed(&key).unwrap().pem();
        Authority(Issuer::new(parameters, key), certificate)
    }

    /// Creates a certificate of this authority and its key.
    fn sign(&self, name: &str, hosts: &[&str]) -> (String, String) {
        let hosts: Vec<String> = hosts.iter().map(|&host| host.to_owned()).collect();
        let mut parameters = CertificateParams::new(hosts).unwrap();
        parameters.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        let signed = parameters.signed_by(&key, &self.0).unwrap();
        (signed.pem(), key.serialize_pem())
    }
}

/// A server that requires TLS and a password, with a certificate for `localhost` only.
struct TlsServer {
    place: Place,
    cluster: Arc<Cluster>,
    authority: Authority,
    database: String,
    folder: tempfile::TempDir,
}

impl TlsServer {
    async fn start(who: &str) -> TlsServer {
        let cluster = Arc::new(Cluster::start());
        let place = Place::of(Some(Arc::clone(&cluster))).await;
        let url = place.url();
        let mut connection = PgConnection::connect(&url).await.unwrap();
        let change = format!("ALTER ROLE wcc PASSWORD '{PASSWORD}'");
        sqlx::raw_sql(sqlx::AssertSqlSafe(change))
            .execute(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
        let authority = Authority::new("A CA of the test");
        let (certificate, key) = authority.sign("db", &["localhost"]);
        cluster.write("server.crt", &certificate);
        cluster.write("server.key", &key);
        cluster.write("ca.crt", &authority.1);
        cluster.restart_with("ssl = on\nssl_ca_file = 'ca.crt'\n", who);
        TlsServer {
            place,
            cluster,
            authority,
            database: url.rsplit_once('/').unwrap().1.to_owned(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn write(&self, name: &str, contents: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, contents).unwrap();
        path
    }

    fn ca(&self) -> PathBuf {
        self.write("ca.pem", &self.authority.1)
    }

    fn url(&self, host: &str, parameters: &str) -> String {
        let (port, database) = (self.cluster.port(), &self.database);
        format!("postgres://wcc:{PASSWORD}@{host}:{port}/{database}{parameters}")
    }

    fn verified_by(&self, host: &str, root: &Path) -> String {
        let root = root.display();
        self.url(host, &format!("?sslmode=verify-full&sslrootcert={root}"))
    }

    /// Tries to connect and returns the error message.
    async fn error_of(&self, url: String) -> String {
        let refused = Store::open(&Address::parse(&url), "Q30").await.unwrap_err();
        message_of(&refused)
    }
}

fn message_of(refused: &StoreError) -> String {
    let message = refused.to_string();
    println!("{message}\n");
    assert!(
        matches!(refused, StoreError::Unsafe(_) | StoreError::Address(_)),
        "{refused:?}"
    );
    assert!(!message.contains(PASSWORD), "{message}");
    assert!(!format!("{refused:?}").contains(PASSWORD), "{refused:?}");
    message
}

#[track_caller]
fn assert_contains(message: &str, parts: &[&str]) {
    for part in parts {
        assert!(message.contains(part), "no `{part}` in: {message}");
    }
}

const TLS_ONLY: &str = "hostssl all all 127.0.0.1/32 scram-sha-256\n\
                              hostssl all all ::1/128 scram-sha-256\n";

#[test]
fn a_ledger_works_over_tls_and_nothing_else() {
    run(async {
        let mut server = TlsServer::start(TLS_ONLY).await;
        let url = server.verified_by("localhost", &server.ca());
        server.place.address = Address::parse(&url);
        let place = &server.place;
        assert!(!format!("{:?}", place.address).contains(PASSWORD));

        let first = place.with_case().await;
        let second = place.open_elsewhere().await;
        for (from, to, id) in [(&first, &second, "there"), (&second, &first, "back")] {
            let mut heads = to.heads();
            let receipt = from.append(request(id, vec![remark(id)])).await.unwrap();
            let seen = heads.wait_for(|head| head.number >= receipt.last);
            let seen = tokio::time::timeout(Duration::from_secs(20), seen).await;
            seen.expect("the other server sees it").unwrap();
        }
        // Both receive notifications, and every connection uses TLS.
        let mut asking = PgConnection::connect(&url).await.unwrap();
        let connections: Vec<(String, bool)> = sqlx::query_as(
            "SELECT query, ssl FROM pg_stat_activity JOIN pg_stat_ssl USING (pid) \
             WHERE application_name = 'wcc'",
        )
        .fetch_all(&mut asking)
        .await
        .unwrap();
        let listen = |(query, _): &&(String, bool)| query.starts_with("LISTEN");
        assert!(connections.iter().all(|(_, tls)| *tls), "{connections:?}");
        assert_eq!(connections.iter().filter(listen).count(), 2);
        asking.close().await.unwrap();
        place.verify(&[first.head()]).await.unwrap();

        // The ledger recovers by itself after the server was down.
        server.cluster.stop_immediately();
        server.cluster.start_again();
        first
            .append(request("after", vec![remark("after")]))
            .await
            .unwrap();
        place.verify(&[first.head()]).await.unwrap();
    });
}

#[test]
fn an_impostor_is_rejected() {
    run(async {
        let server = TlsServer::start(TLS_ONLY).await;
        let other = Authority::new("Another CA");
        let wrong = server.write("wrong.pem", &other.1);
        let by_wrong = server
            .error_of(server.verified_by("localhost", &wrong))
            .await;
        assert_contains(&by_wrong, &["UnknownIssuer", "`sslrootcert=FILE`"]);
        // Only the certificates of this machine are trusted.
        let by_none = server.error_of(server.url("localhost", "?sslmode=verify-full"));
        assert_contains(&by_none.await, &["UnknownIssuer", "`sslrootcert=FILE`"]);

        let elsewhere = server.error_of(server.verified_by("127.0.0.1", &server.ca()));
        assert_contains(
            &elsewhere.await,
            &["not valid for name", "localhost", "use the host name"],
        );

        let disabled = server.error_of(server.url("localhost", "?sslmode=disable"));
        assert_contains(&disabled.await, &["pg_hba.conf", "`sslmode=verify-full`"]);
    });
}

#[test]
fn a_server_without_tls_is_rejected_if_tls_is_required() {
    run(async {
        let place = Place::of(Some(Cluster::shared())).await;
        for mode in ["require", "verify-ca", "verify-full"] {
            let url = format!("{}?sslmode={mode}", place.url());
            let url = url.replace("wcc@", &format!("wcc:{PASSWORD}@"));
            let refused = Store::open(&Address::parse(&url), "Q30").await.unwrap_err();
            assert_contains(
                &message_of(&refused),
                &["does not offer TLS", "`sslmode`", "`ssl = on`"],
            );
        }
        // Without the setting, TLS is not needed.
        place.store().await.close().await;
    });
}

#[test]
fn a_server_may_require_a_client_certificate() {
    run(async {
        let server =
            TlsServer::start("hostssl all all 127.0.0.1/32 cert\nhostssl all all ::1/128 cert\n")
                .await;
        let plain = server.verified_by("localhost", &server.ca());
        assert_contains(
            &server.error_of(plain.clone()).await,
            &["certificate", "`sslkey=FILE`"],
        );

        let with = |authority: &Authority, name: &str| {
            let (certificate, key) = authority.sign("wcc", &[]);
            let certificate = server.write(&format!("{name}.pem"), &certificate);
            let key = server.write(&format!("{name}.key"), &key);
            let (certificate, key) = (certificate.display(), key.display());
            format!("{plain}&sslcert={certificate}&sslkey={key}")
        };
        let own = Address::parse(&with(&server.authority, "own"));
        let store = Store::open(&own, "Q30").await.unwrap();
        store.head().await.unwrap();
        store.close().await;
        let stranger = server.error_of(with(&Authority::new("Another CA"), "stranger"));
        assert_contains(&stranger.await, &["`sslcert=FILE`", "trusts"]);
    });
}

#[test]
fn a_misleading_address_is_rejected() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        let empty = folder.path().join("empty.pem");
        std::fs::write(&empty, "no certificate\n").unwrap();
        let empty = empty.display();
        let login = format!("postgres://wcc:{PASSWORD}@db.example");
        for (address, expected) in [
            (
                format!("{login}/wcc?ssl_mode=verify-full"),
                &["its parameter `ssl_mode` is not known: expected one of sslmode"][..],
            ),
            (
                format!("{login}/wcc?sslmode=verify"),
                &["its `sslmode` `verify` is not one of disable"],
            ),
            (
                format!("{login}/wcc?sslmode=verify-full&sslrootcert=/no/such.pem"),
                &["`sslrootcert` names /no/such.pem, which cannot be read"],
            ),
            (
                format!("{login}/wcc?sslmode=verify-full&sslrootcert={empty}"),
                &["empty.pem, which is not in PEM"],
            ),
            (
                format!("{login}/wcc?sslmode=require&sslrootcert=/no/such.pem"),
                &["cannot be read"],
            ),
            // Passwords with characters that have a meaning in an address.
            (
                format!("postgres://wcc:a?{PASSWORD}@db.example/wcc"),
                &["invalid port number", "%XX"],
            ),
            (
                format!("postgres://wcc:12?{PASSWORD}@db.example/wcc"),
                &["its parameter is not known"],
            ),
        ] {
            let address = Address::parse(&address);
            assert!(!address.to_string().contains(PASSWORD), "{address}");
            let refused = Store::open(&address, "Q30").await.unwrap_err();
            assert_contains(&message_of(&refused), expected);
        }
        // The driver would accept this address and check nothing.
        let pem = folder.path().join("ca.pem");
        std::fs::write(&pem, Authority::new("A CA").1).unwrap();
        let unchecked = format!("{login}/wcc?sslmode=require&sslrootcert={}", pem.display());
        let refused = Store::open(&Address::parse(&unchecked), "Q30").await;
        let message = message_of(&refused.unwrap_err());
        assert_contains(&message, &["nothing is checked against it", "verify-full"]);
    });
}

#[test]
fn an_address_is_shown_without_its_secrets() {
    for (address, shown) in [
        (
            "postgres://wcc:secret@db.example/wcc",
            "postgres://db.example/wcc",
        ),
        (
            "postgres://wcc:secret@db.example:6432/wcc?sslmode=verify-full",
            "postgres://db.example:6432/wcc",
        ),
        (
            "postgres://db.example/wcc?user=wcc&password=s@cret",
            "postgres://db.example/wcc",
        ),
        ("postgres://wcc:secret", "postgres://..."),
        ("postgres://wcc:se/cr@et@db.example/wcc", "postgres://..."),
        ("data/ledger.db", "data/ledger.db"),
    ] {
        assert_eq!(Address::parse(address).to_string(), shown);
    }
}

#[test]
fn the_exposure_of_an_address_is_known() {
    for (address, expected) in [
        ("ledger.db", None),
        ("postgres://wcc@localhost/wcc", None),
        ("postgres://wcc@127.0.0.1:5433/wcc", None),
        ("postgres://wcc@[::1]/wcc", None),
        ("postgres:///wcc?host=/run/postgresql", None),
        ("postgres://wcc@db.example/wcc?sslmode=verify-full", None),
        ("postgres://wcc@db.example/wcc", Some("read and change")),
        (
            "postgres://wcc@db.example/wcc?sslmode=allow",
            Some("read and change"),
        ),
        (
            "postgres://wcc@localhost/wcc?host=db.example",
            Some("read and change"),
        ),
        (
            "postgres://wcc@10.0.0.7/wcc?sslmode=require",
            Some("on the network"),
        ),
        (
            "postgres://wcc@db.example/wcc?sslmode=verify-ca",
            Some("for any host"),
        ),
    ] {
        let exposure = Address::parse(address).exposure();
        match expected {
            None => assert_eq!(exposure, None, "{address}"),
            Some(part) => assert!(exposure.unwrap().contains(part), "{address}: {exposure:?}"),
        }
    }
}
