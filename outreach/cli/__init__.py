"""SHELL: the commands. Parse, call, print; one table of commands, one place that turns errors into words."""

import importlib
import sys

import click

from outreach.cli.app import App
from outreach.cli.errors import explained
from outreach.errors import nearest

# section -> command -> the module of this room that holds it (imported only when it is called)
COMMANDS: dict[str, dict[str, str]] = {
    "Start": {"init": "init", "demo": "demo", "mailbox": "mailbox"},
    "Prepare": {
        "prospects": "prospects",
        "segment": "segment",
        "lint": "lint",
        "rule": "rule",
        "preview": "preview",
    },
    "Launch": {"plan": "plan", "launch": "launch", "undo": "undo", "calendar": "calendar"},
    "Daily": {
        "run": "run",
        "status": "status",
        "inbox": "inbox",
        "why": "why",
        "log": "log",
        "pause": "pause",
        "resume": "pause",
    },
    "Rare": {
        "stop": "stop",
        "end": "stop",
        "suppress": "suppress",
        "uncertain": "uncertain",
        "message": "message",
        "audit": "audit",
        "backup": "backup",
        "restore": "backup",
        "release": "backup",
    },
}
MODULES = {name: module for section in COMMANDS.values() for name, module in section.items()}


class Commands(click.Group):
    """Loads a command's module when it is called, and lists the commands by section."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in MODULES:
            return None
        module = importlib.import_module(f"outreach.cli.{MODULES[cmd_name]}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with the nearest command named where there is none of that name."""
        if args and args[0] not in MODULES and not args[0].startswith("-"):
            ctx.fail(f"there is no command {args[0]}{self._meant(ctx, args[0])}")
        return super().resolve_command(ctx, args)

    def _meant(self, ctx: click.Context, name: str) -> str:
        """The command that was meant: of that name in a group (`import`: one of `prospects`), else the nearest."""
        groups: dict[str, list[str]] = {}
        for group in MODULES:
            loaded = self.get_command(ctx, group)
            for inner in loaded.commands if isinstance(loaded, click.Group) else ():
                groups.setdefault(inner, []).append(group)
        near = nearest(name, MODULES)
        word = name if name in groups else "" if near else nearest(name, groups)
        ways = [f"outreach {group} {word}" for group in groups.get(word, ())] or [near] * bool(near)
        if len(ways) > 1:
            return ", did you mean one of these?" + "".join(f"\n  {way}" for way in ways)
        return "".join(f", did you mean `{way}`?" for way in ways)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for section, commands in COMMANDS.items():
            loaded = [(name, self.get_command(ctx, name)) for name in commands]
            with formatter.section(section):
                formatter.write_dl(
                    [(name, each.get_short_help_str(60)) for name, each in loaded if each is not None]
                )


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80})
@click.version_option(package_name="outreach", prog_name="outreach")
@click.option(
    "-C",
    "--workspace",
    "folder",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False),
    help="The folder with outreach.toml (default: this folder or the nearest above it).",
)
@click.pass_context
def cli(ctx: click.Context, folder: str | None) -> None:
    """Cold outreach by e-mail, run from files: plan, lint, launch, send at most once, stop at any answer."""
    ctx.obj = ctx.obj or App()
    if folder:
        ctx.obj.start = ctx.obj.start / folder


def main(args: list[str] | None = None, app: App | None = None) -> int:
    """Run a command line (default: the process's own) and give its exit code: 0, 1 for problems, 2 for usage."""
    return explained(lambda: cli.main(args=args, standalone_mode=False, obj=app), sys.stderr)


def run() -> None:
    """The program `outreach`."""
    sys.exit(main())
