//! PostgreSQL over TLS: what is checked, and what somebody is told where that fails.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test: it stops at the first surprise"
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

const PASSWORD: &str = "Zq7-not-to-be-told";

/// An authority made for a test.
struct Authority(Issuer<'static, KeyPair>, String);

impl Authority {
    fn new(name: &str) -> Authority {
        let mut is = CertificateParams::default();
        is.distinguished_name.push(DnType::CommonName, name);
        is.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = is.self_signed(&key).unwrap().pem();
        Authority(Issuer::new(is, key), certificate)
    }

    /// A certificate of this authority, and its key.
    fn sign(&self, name: &str, hosts: &[&str]) -> (String, String) {
        let hosts: Vec<String> = hosts.iter().map(|&host| host.to_owned()).collect();
        let mut of = CertificateParams::new(hosts).unwrap();
        of.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        let signed = of.signed_by(&key, &self.0).unwrap();
        (signed.pem(), key.serialize_pem())
    }
}

/// A server with TLS, which has a certificate for `localhost` alone, and takes nobody without TLS
/// and password.
struct Secured {
    place: Place,
    cluster: Arc<Cluster>,
    authority: Authority,
    database: String,
    folder: tempfile::TempDir,
}

impl Secured {
    async fn start(who: &str) -> Secured {
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
        Secured {
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

    /// What somebody is told who tries.
    async fn told(&self, url: String) -> String {
        let refused = Store::open(&Address::parse(&url), "Q30").await.unwrap_err();
        told(&refused)
    }
}

fn told(refused: &StoreError) -> String {
    let told = refused.to_string();
    println!("{told}\n");
    assert!(
        matches!(refused, StoreError::Unsafe(_) | StoreError::Address(_)),
        "{refused:?}"
    );
    assert!(!told.contains(PASSWORD), "{told}");
    assert!(!format!("{refused:?}").contains(PASSWORD), "{refused:?}");
    told
}

#[track_caller]
fn says(told: &str, parts: &[&str]) {
    for part in parts {
        assert!(told.contains(part), "no `{part}` in: {told}");
    }
}

const WITH_TLS_ALONE: &str = "hostssl all all 127.0.0.1/32 scram-sha-256\n\
                              hostssl all all ::1/128 scram-sha-256\n";

#[test]
fn a_ledger_works_over_tls_and_nothing_else() {
    run(async {
        let mut secured = Secured::start(WITH_TLS_ALONE).await;
        let url = secured.verified_by("localhost", &secured.ca());
        secured.place.address = Address::parse(&url);
        let place = &secured.place;
        assert!(!format!("{:?}", place.address).contains(PASSWORD));

        let one = place.with_case().await;
        let two = place.open_elsewhere().await;
        for (from, to, id) in [(&one, &two, "there"), (&two, &one, "back")] {
            let mut heads = to.heads();
            let receipt = from.append(request(id, vec![remark(id)])).await.unwrap();
            let seen = heads.wait_for(|head| head.number >= receipt.last);
            let seen = tokio::time::timeout(Duration::from_secs(20), seen).await;
            seen.expect("the other server sees it").unwrap();
        }
        // Both are told of entries, and no connection is without TLS.
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
        place.verify(&[one.head()]).await.unwrap();

        // It goes on by itself after the server was away.
        secured.cluster.stop_immediately();
        secured.cluster.start_again();
        one.append(request("after", vec![remark("after")]))
            .await
            .unwrap();
        place.verify(&[one.head()]).await.unwrap();
    });
}

#[test]
fn whoever_is_not_the_server_is_refused() {
    run(async {
        let secured = Secured::start(WITH_TLS_ALONE).await;
        let other = Authority::new("Another CA");
        let wrong = secured.write("wrong.pem", &other.1);
        let by_wrong = secured.told(secured.verified_by("localhost", &wrong)).await;
        says(&by_wrong, &["UnknownIssuer", "`sslrootcert=FILE`"]);
        // The certificates of this machine alone.
        let by_none = secured.told(secured.url("localhost", "?sslmode=verify-full"));
        says(&by_none.await, &["UnknownIssuer", "`sslrootcert=FILE`"]);

        let elsewhere = secured.told(secured.verified_by("127.0.0.1", &secured.ca()));
        says(
            &elsewhere.await,
            &["not valid for name", "localhost", "write the host into"],
        );

        let disabled = secured.told(secured.url("localhost", "?sslmode=disable"));
        says(&disabled.await, &["pg_hba.conf", "`sslmode=verify-full`"]);
    });
}

#[test]
fn a_server_without_tls_is_refused_where_it_is_asked_for() {
    run(async {
        let place = Place::of(Some(Cluster::shared())).await;
        for mode in ["require", "verify-ca", "verify-full"] {
            let url = format!("{}?sslmode={mode}", place.url());
            let url = url.replace("wcc@", &format!("wcc:{PASSWORD}@"));
            let refused = Store::open(&Address::parse(&url), "Q30").await.unwrap_err();
            says(
                &told(&refused),
                &["does not offer TLS", "`sslmode`", "`ssl = on`"],
            );
        }
        // Where nothing is asked for, nothing is needed.
        place.store().await.close().await;
    });
}

#[test]
fn a_server_may_ask_for_a_certificate_of_this_side() {
    run(async {
        let secured =
            Secured::start("hostssl all all 127.0.0.1/32 cert\nhostssl all all ::1/128 cert\n")
                .await;
        let plain = secured.verified_by("localhost", &secured.ca());
        says(
            &secured.told(plain.clone()).await,
            &["certificate", "`sslkey=FILE`"],
        );

        let with = |authority: &Authority, name: &str| {
            let (certificate, key) = authority.sign("wcc", &[]);
            let certificate = secured.write(&format!("{name}.pem"), &certificate);
            let key = secured.write(&format!("{name}.key"), &key);
            let (certificate, key) = (certificate.display(), key.display());
            format!("{plain}&sslcert={certificate}&sslkey={key}")
        };
        let own = Address::parse(&with(&secured.authority, "own"));
        let store = Store::open(&own, "Q30").await.unwrap();
        store.head().await.unwrap();
        store.close().await;
        let stranger = secured.told(with(&Authority::new("Another CA"), "stranger"));
        says(&stranger.await, &["`sslcert=FILE`", "trusts"]);
    });
}

#[test]
fn an_address_that_does_not_say_what_it_means_is_refused() {
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
                &["its `sslmode` `verify` is none of disable"],
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
            // Passwords with what has a meaning in an address.
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
            says(&told(&refused), expected);
        }
        // The driver would take this one, and check nothing.
        let pem = folder.path().join("ca.pem");
        std::fs::write(&pem, Authority::new("A CA").1).unwrap();
        let unchecked = format!("{login}/wcc?sslmode=require&sslrootcert={}", pem.display());
        let refused = Store::open(&Address::parse(&unchecked), "Q30").await;
        let told = told(&refused.unwrap_err());
        says(&told, &["nothing is checked against it", "verify-full"]);
    });
}

#[test]
fn an_address_is_shown_without_what_is_secret() {
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
fn what_an_address_exposes_is_known() {
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
            Some("on the way"),
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
