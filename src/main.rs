//! The `jobsd` program.
fn main() {
    let out = &mut std::io::stdout();
    let err = &mut std::io::stderr();
    let args: Vec<String> = std::env::args().collect();
    let code = match args[1].as_str() {
        "schema" => jobsd::commands::schema::run(None, out, err).unwrap(),
        _ => jobsd::commands::validate::run(&jobsd::commands::validate::Options{ paths: args[2..].iter().map(Into::into).collect(), format: if args[1]=="v" {jobsd::commands::validate::Format::Human} else {jobsd::commands::validate::Format::Jsonl}, deny_warnings: false, color: false}, out, err).unwrap(),
    };
    std::process::exit(code.into());
}
