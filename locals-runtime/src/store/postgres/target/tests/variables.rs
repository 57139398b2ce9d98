//! The `PG*` variables, without touching those of this process.

use super::*;

fn from(variables: &[(&str, &str)]) -> Result<Target, StoreError> {
    Target::from_variables(&|name| {
        let found = variables.iter().find(|(given, _)| *given == name);
        found.map(|(_, value)| (*value).to_owned())
    })
}

#[test]
fn the_variables_of_libpq_are_read() {
    let target = from(&[
        ("PGHOST", "db1,db2"),
        ("PGPORT", "5433"),
        ("PGDATABASE", "app"),
        ("PGUSER", "u"),
        ("PGPASSWORD", "p@ss"),
        ("PGSSLMODE", "verify-full"),
        ("PGSSLROOTCERT", "system"),
        ("PGAPPNAME", "shop"),
        ("PGOPTIONS", "-c work_mem=1MB"),
        ("PGCONNECT_TIMEOUT", "3"),
        ("PGTARGETSESSIONATTRS", "read-write"),
        ("PGCHANNELBINDING", "require"),
        ("PGPASSFILE", "/ignored/because/there/is/a/password"),
        ("PGHOSTADDR", ""),
        ("LC_ALL", "C"),
    ]);
    let target = target.unwrap();
    assert_eq!(target.hosts()[1].to_string(), "db2:5433");
    assert_eq!(target.config(None).get_password(), Some(&b"p@ss"[..]));
    assert_eq!(target.config(None).get_application_name(), Some("shop"));
    assert_eq!(target.security().roots(), Some(&Roots::System));
    assert_eq!(target.connect_timeout(), Some(Duration::from_secs(3)));
    assert_eq!(from(&[("LOGNAME", "os")]).unwrap().user, "os");
}

#[test]
fn n_01_errors_name_the_variable_and_not_its_value() {
    for (variable, value) in [
        ("PGSSLMODE", "hunter2"),
        ("PGCONNECT_TIMEOUT", "hunter2"),
        ("PGSERVICE", "hunter2"),
        ("PGPASSFILE", "hunter2"),
        ("PGSSLCERT", "hunter2"),
    ] {
        let error = from(&[("USER", "u"), (variable, value)])
            .unwrap_err()
            .to_string();
        assert!(
            error.contains(variable) && !error.contains("hunter2"),
            "{error}"
        );
    }
    assert!(from(&[]).unwrap_err().to_string().contains("PGUSER"));
}
