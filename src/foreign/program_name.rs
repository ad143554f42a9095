//! What to call a job after the shell text that it runs: the first program in it that says
//! something.

/// Words that begin no program of interest: what they do comes before it.
const BEFORE: [&str; 14] = [
    "cd", "test", "[", "[[", "set", "export", ".", "source", "umask", "ulimit", "true", ":",
    "sleep", "if",
];
/// Programs that run another one, which follows their flags.
const WRAPPERS: [&str; 10] = [
    "exec", "nohup", "command", "env", "sudo", "nice", "ionice", "chronic", "time", "then",
];
/// Programs that read another one from a file.
const READERS: [&str; 12] = [
    "sh", "bash", "dash", "zsh", "python", "python2", "python3", "perl", "ruby", "node", "php",
    "Rscript",
];
/// Endings of such files.
const ENDINGS: [&str; 8] = [".sh", ".bash", ".py", ".pl", ".rb", ".js", ".php", ".R"];
/// As much of a text as is looked at.
const LOOKED_AT_CHARS: usize = 1_000;

/// The name of the first program of a shell text; empty where none is seen.
pub fn program_name(text: &str) -> String {
    let text: String = text.chars().take(LOOKED_AT_CHARS).collect();
    let mut pieces = text.split(['&', '|', ';', '(', ')', '\n']);
    let found = pieces.find_map(of_piece).map(str::to_owned);
    found.unwrap_or_default()
}

/// The program of one simple command.
fn of_piece(piece: &str) -> Option<&str> {
    let is_flag = |word: &str| word.starts_with('-') || word.chars().all(|c| c.is_ascii_digit());
    let is_assignment = |word: &str| word.contains('=') && !word.starts_with(['/', '.']);
    let mut words = piece
        .split_whitespace()
        .map(|word| word.trim_matches(['"', '\'', '{', '}', '`', '$']))
        .filter(|word| !word.is_empty());
    let mut word = words.next()?;
    while is_assignment(word) || WRAPPERS.contains(&base(word)) {
        word = words.find(|word| !is_flag(word))?;
    }
    if BEFORE.contains(&word) {
        return None;
    }
    let script = words
        .next()
        .filter(|word| !word.starts_with(['-', '<', '>']));
    let program = match script {
        Some(script) if READERS.contains(&base(word)) => script,
        _ => word,
    };
    let name = base(program);
    let bare = ENDINGS.iter().find_map(|end| name.strip_suffix(end));
    Some(bare.unwrap_or(name)).filter(|name| name.chars().any(char::is_alphanumeric))
}

fn base(path: &str) -> &str {
    path.trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or(path)
}
