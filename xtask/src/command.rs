use std::{path::Path, process::Command};

use crate::{children, failure::Failure};

/// The repository.
pub(crate) fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// Cargo's target folder.
pub(crate) fn target() -> std::path::PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| root().join("target"), |given| root().join(given))
}

/// A built binary of this workspace.
pub(crate) fn binary(name: &str, release: bool) -> std::path::PathBuf {
    let profile = if release { "release" } else { "debug" };
    target()
        .join(profile)
        .join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// `program arguments`, to be run at the root of the repository.
pub(crate) fn command<'a>(program: &str, arguments: impl IntoIterator<Item = &'a str>) -> Command {
    // On Windows npm is a batch file, which only a name with its extension finds.
    let program = if cfg!(windows) && (program == "npm" || program == "npx") {
        format!("{program}.cmd")
    } else {
        program.to_owned()
    };
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root());
    command
}

/// The same Cargo that runs this program.
pub(crate) fn cargo<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Command {
    let program = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    command(&program, arguments)
}

/// Prints the command and runs it to its end.
///
/// # Errors
/// [`Failure::Needs`] if it is not installed, [`Failure::Step`] if it fails, [`Failure::Interrupted`].
pub(crate) fn run(mut command: Command) -> Result<(), Failure> {
    let shown = show(&command);
    eprintln!("\x1b[2m$ {shown}\x1b[0m");
    let status = children::run(&mut command).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Failure::Needs(format!(
            "'{}' is not installed.",
            command.get_program().to_string_lossy()
        )),
        std::io::ErrorKind::Interrupted => Failure::Interrupted,
        _ => Failure::Step(format!("{shown}: {error}")),
    })?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::Step(format!("{shown}: {status}")))
    }
}

/// The standard output of a program, trimmed; `None` if it is not installed or fails.
pub(crate) fn stdout_of<'a>(
    program: &str,
    arguments: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    stdout(command(program, arguments).stderr(std::process::Stdio::null()))
}

/// The same for a prepared command.
pub(crate) fn stdout(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn show(command: &Command) -> String {
    let program = Path::new(command.get_program())
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy();
    command
        .get_args()
        .fold(program.into_owned(), |mut shown, argument| {
            shown.push(' ');
            shown.push_str(&argument.to_string_lossy());
            shown
        })
}
