//! What a new server begins with: made once, since that takes longer than to start the server, and copied.

use std::{fs, path::Path, sync::OnceLock};

use super::MySqlOptions;
use crate::{
    guard::Guard,
    home::{Home, run},
    programs::MySqlPrograms,
};

/// The user that the packages of both servers make.
pub(super) const USER: &str = "mysql";

struct Template {
    home: Home,
    // Held for the folder's end.
    _guard: Guard,
}

/// Fills the folder of a server that is to start for the first time.
pub(super) fn fill(home: &Home, programs: &MySqlPrograms, options: &MySqlOptions) {
    if let Some(folds_names) = options.folds_names() {
        // MySQL keeps it with its tables from their first moment on.
        let setting = format!("--lower-case-table-names={folds_names}");
        return install(home, programs, Some(&setting));
    }
    static TEMPLATE: OnceLock<Template> = OnceLock::new();
    let template = TEMPLATE.get_or_init(|| make(programs));
    let mut copy = home.command(Path::new("cp"));
    copy.arg("-R").arg(template.home.path("data"));
    run(copy.arg(home.path("data")));
    // By it MySQL tells servers apart; it makes another one.
    let _ = fs::remove_file(home.path("data/auto.cnf"));
}

fn make(programs: &MySqlPrograms) -> Template {
    let home = Home::of(USER);
    let template = Template {
        _guard: Guard::of(home.folder(), &home.path("pid"), "TERM"),
        home,
    };
    install(&template.home, programs, None);
    template
}

fn install(home: &Home, programs: &MySqlPrograms, setting: Option<&str>) {
    let mut install = home.command(&programs.install);
    install.arg("--no-defaults").args(programs.arguments);
    let folder = home.folder().display();
    install.arg(format!("--datadir={folder}/data"));
    install.arg(format!("--tmpdir={folder}"));
    install.args(setting);
    // As that of the servers: to change it takes them time.
    run(install.arg("--loose-innodb-log-file-size=16M"));
}
