//! A PostgreSQL server that is created for a test and removed with it.

use rustix::process::{Pid, Signal, geteuid, kill_process};
use sqlx::{Connection, PgConnection};
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

/// Debian's folder of PostgreSQL programs, which is not in `PATH`.
const DEBIAN: &str = "/usr/lib/postgresql/15/bin";
const PATIENCE: Duration = Duration::from_secs(60);

/// A running PostgreSQL with its own folder, on the loopback interface.
pub struct Cluster {
    folder: tempfile::TempDir,
    port: u16,
    owner: Option<(u32, u32)>,
    server: Mutex<Option<Child>>,
    databases: AtomicU32,
}

impl Cluster {
    /// Returns the server shared by all tests that run at the same time. It stops when the last of
    /// them drops it.
    pub fn shared() -> Arc<Cluster> {
        static SHARED: Mutex<Weak<Cluster>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(|error| error.into_inner());
        shared.upgrade().unwrap_or_else(|| {
            let cluster = Arc::new(Cluster::start());
            *shared = Arc::downgrade(&cluster);
            cluster
        })
    }

    /// Starts a server that a test may stop.
    pub fn start() -> Cluster {
        let folder = tempfile::Builder::new().prefix("wcc-pg-").tempdir();
        let folder = folder.expect("a temporary folder");
        // PostgreSQL does not run as root.
        let owner = geteuid().is_root().then(postgres_user);
        if let Some((user, group)) = owner {
            chown(folder.path(), Some(user), Some(group)).expect("a folder of the user postgres");
        }
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let cluster = Cluster {
            folder,
            port: free.expect("a free port").port(),
            owner,
            server: Mutex::new(None),
            databases: AtomicU32::new(0),
        };
        let initdb = cluster
            .program("initdb")
            .args(["--username=wcc", "--auth=trust", "--encoding=UTF8"])
            .args(["--locale=C", "--no-sync", "--pgdata"])
            .arg(cluster.data())
            .output()
            .expect("initdb runs");
        assert!(
            initdb.status.success(),
            "initdb: {}",
            String::from_utf8_lossy(&initdb.stderr)
        );
        cluster.start_again();
        cluster
    }

    /// Creates an empty database and returns its URL.
    pub async fn database(&self) -> String {
        let number = self.databases.fetch_add(1, Ordering::Relaxed);
        let mut connection = PgConnection::connect(&self.url("postgres"))
            .await
            .expect("PostgreSQL answers");
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!(
            "CREATE DATABASE ledger{number}"
        )))
        .execute(&mut connection)
        .await
        .expect("a database");
        self.url(&format!("ledger{number}"))
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://wcc@127.0.0.1:{}/{database}", self.port)
    }

    /// Starts the server, also after [`Cluster::stop_immediately`].
    pub fn start_again(&self) {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.folder.path().join("log"));
        let settings = [
            format!("port={}", self.port),
            "listen_addresses=127.0.0.1".to_owned(),
            "unix_socket_directories=".to_owned(),
            "fsync=on".to_owned(),
            "shared_buffers=32MB".to_owned(),
            "max_connections=150".to_owned(),
        ];
        let mut server = self.program("postgres");
        server.arg("-D").arg(self.data());
        for setting in settings {
            server.args(["-c", &setting]);
        }
        server.stderr(log.map_or_else(|_| Stdio::null(), Stdio::from));
        let child = server.spawn().expect("postgres starts");
        *self.server.lock().expect("the server") = Some(child);
        let until = Instant::now() + PATIENCE;
        while !self.is_ready() {
            assert!(Instant::now() < until, "PostgreSQL started: {}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The port on which it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Writes a file into the data folder that only the server may read, and returns its path.
    pub fn write(&self, name: &str, contents: &str) -> PathBuf {
        let path = self.data().join(name);
        std::fs::write(&path, contents).expect("a file of the server");
        let owner_alone = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(&path, owner_alone).expect("a file of the server");
        if let Some((user, group)) = self.owner {
            chown(&path, Some(user), Some(group)).expect("a file of the server");
        }
        path
    }

    /// Restarts the server with further settings and another `pg_hba.conf`.
    pub fn restart_with(&self, settings: &str, access: &str) {
        self.write("postgresql.auto.conf", settings);
        self.write("pg_hba.conf", access);
        self.stop(Signal::INT);
        self.start_again();
    }

    /// Ends every process of the server at once, like a crash of the machine.
    pub fn stop_immediately(&self) {
        self.stop(Signal::QUIT);
    }

    fn stop(&self, signal: Signal) {
        let server = self.server.lock().map(|mut server| server.take());
        if let Ok(Some(mut child)) = server {
            let _ = kill_process(Pid::from_child(&child), signal);
            let _ = child.wait();
        }
    }

    /// Reads the state of the server from the last line of its pid file.
    fn is_ready(&self) -> bool {
        let status = std::fs::read_to_string(self.data().join("postmaster.pid"));
        status.is_ok_and(|status| {
            let mut lines = status.lines().rev();
            lines.next().is_some_and(|last| last.trim() == "ready")
        })
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// The folder with the database's files.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(find(name));
        command.current_dir(self.folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::null());
        if let Some((user, group)) = self.owner {
            command.uid(user).gid(group);
        }
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop(Signal::INT);
    }
}

fn find(name: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain([PathBuf::from(DEBIAN)]);
    let mut places = folders.map(|folder| folder.join(name));
    places.find(|place| place.is_file()).unwrap_or_else(|| {
        panic!(
            "these tests need PostgreSQL 15, and `{name}` is neither in PATH nor in {DEBIAN}: \
             install the Debian package postgresql-15"
        )
    })
}

/// Returns the ids of the user and group `postgres`.
fn postgres_user() -> (u32, u32) {
    let users = std::fs::read_to_string(Path::new("/etc/passwd")).unwrap_or_default();
    let line = users.lines().find(|line| line.starts_with("postgres:"));
    let mut numbers = line.into_iter().flat_map(|line| line.split(':').skip(2));
    let mut number = || numbers.next().and_then(|number| number.parse().ok());
    number().zip(number()).unwrap_or_else(|| {
        panic!(
            "these tests run as root, where PostgreSQL needs the user `postgres`: install the \
             Debian package postgresql-15"
        )
    })
}
