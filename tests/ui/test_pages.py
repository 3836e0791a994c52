"""Each page run without a browser: what it shows, and that its controls reach the run."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ganplay.config import RunConfig, named_fields
from ganplay.live import View, shared_engine
from ganplay.ui.controls import GROUPS
from ganplay.ui.page import PAGES

ROOT = Path(__file__).parents[2]


def open_lab(**query: str) -> AppTest:
    """The lab with all groups of settings open."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=20)
    for group in GROUPS:
        app.session_state[f"group:{group}"] = True
    for name, value in query.items():
        app.query_params[name.replace("__", ".")] = value
    app.switch_page("pages/1_Lab.py").run()
    assert not app.exception
    return app


def view_of(app: AppTest) -> View:
    view = shared_engine().poll(app.session_state["run"])
    assert view
    return view


def setting(app: AppTest, name: str) -> str:
    """The key of a setting's control."""
    return f"set:{name}:{app.session_state['generation']}"


def press(app: AppTest, label: str) -> None:
    app.button(key=f"do:{label}").click().run()
    assert not app.exception


@pytest.mark.parametrize("path", PAGES)
def test_every_page_runs_and_is_listed(path: str) -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=20)
    app.switch_page(path).run()
    assert not app.exception
    assert not app.error


def test_pages_and_list_agree() -> None:
    assert {f"pages/{p.name}" for p in (ROOT / "pages").glob("*.py")} | {"app.py"} == set(PAGES)


def test_every_setting_that_matters_has_a_control_with_its_help() -> None:
    app = open_lab(penalty__name="r1")
    kinds = (app.selectbox, app.number_input, app.text_input, app.select_slider, app.checkbox)
    shown = {w.key: w for kind in kinds for w in kind}
    without = {"generator.kind", "discriminator.kind"}  # have one choice for points
    without |= {"generator.momentum", "discriminator.momentum"}  # mean nothing to Adam
    without |= {"generator.steps_total", "discriminator.steps_total"}  # nor without a decay
    for name, field in named_fields("ring").items():
        if name in without:
            continue
        assert shown[setting(app, name)].help.startswith(field.description)


def test_run_step_pause_reset_reach_the_run() -> None:
    app = open_lab()
    press(app, "Step")
    assert (view_of(app).state, view_of(app).snapshot.step) == ("paused", 1)
    press(app, "D update")
    assert view_of(app).snapshot.step == 1
    press(app, "Run")
    assert view_of(app).state == "running"
    press(app, "Pause")
    assert view_of(app).state == "paused"
    press(app, "Reset")
    assert (view_of(app).state, view_of(app).snapshot.step) == ("idle", 0)


def test_a_control_changes_the_run_in_its_middle() -> None:
    app = open_lab()
    press(app, "Step")
    app.selectbox(key=setting(app, "loss")).select("wgan").run()
    view = view_of(app)
    assert (view.config.loss, view.snapshot.step) == ("wgan", 1)
    assert view.history.marks == ((1, "loss=wgan"),)
    assert app.query_params["loss"] in ("wgan", ["wgan"])


def test_an_old_value_sent_again_is_no_change() -> None:
    """As browsers do when a group of settings is closed."""
    app = open_lab()
    press(app, "Step")
    frame = view_of(app).frame
    view = shared_engine().change(app.session_state["run"], view_of(app).config)
    assert (view.history.marks, view.frame) == ((), frame)


def test_an_aid_is_switched_on_by_a_checkbox() -> None:
    app = open_lab()
    app.checkbox(key=setting(app, "discriminator.spectral_norm")).check().run()
    assert not app.error
    assert view_of(app).config.discriminator.spectral_norm
    assert app.query_params["discriminator.spectral_norm"] in ("true", ["true"])


def test_reset_keeps_settings() -> None:
    app = open_lab()
    app.select_slider(key=setting(app, "generator.lr")).set_value(0.01).run()
    press(app, "Step")
    press(app, "Reset")
    assert view_of(app).config.generator.lr == 0.01


def test_address_gives_the_config_and_reload_the_run() -> None:
    config = RunConfig().updated(
        {"data.name": "grid", "loss": "hinge", "generator.hidden": "32,32"}
    )
    app = open_lab(**{n.replace(".", "__"): t for n, t in config.to_query().items()})
    first = view_of(app)
    assert first.config == config
    again = open_lab(
        run=first.run, **{n.replace(".", "__"): t for n, t in config.to_query().items()}
    )
    assert view_of(again).run == first.run


def test_address_with_other_settings_than_its_run_makes_a_new_run() -> None:
    first = view_of(open_lab())
    other = view_of(open_lab(run=first.run, loss="wgan"))
    assert other.run != first.run
    assert other.config.loss == "wgan"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("loss", "wgann", "nearest is wgan"),
        ("generator__lr", "1e9", "at most 10"),
        ("generator__hidden", "0", "1 to 1024"),
        ("nonsense", "1", "no such setting"),
        ("data__file", "/etc/passwd", "can't name a file"),
        ("data__name", "mars", "one of ring"),
    ],
)
def test_mangled_address_gets_one_sentence_and_the_default_run(
    name: str, value: str, words: str
) -> None:
    app = open_lab(**{name: value})
    assert words in app.error[0].value
    assert view_of(app).config == RunConfig()


def test_bad_width_is_refused_and_the_run_unharmed() -> None:
    app = open_lab()
    press(app, "Step")
    app.text_input(key=setting(app, "generator.hidden")).set_value("64,0").run()
    assert "1 to 1024" in app.error[0].value
    assert view_of(app).snapshot.step == 1
    assert app.text_input(key=setting(app, "generator.hidden")).value == "64,64"
    app.text_input(key=setting(app, "generator.hidden")).set_value("32").run()
    assert not app.error
    assert view_of(app).config.generator.hidden == (32,)


def test_own_points_begin_with_an_example_and_take_a_csv() -> None:
    app = open_lab()
    app.selectbox(key=setting(app, "data.name")).select("points").run()
    assert view_of(app).config.data.name == "points"
    app.file_uploader(key="points_file").set_value(
        ("p.csv", b"x,y\n0,0\n1,1\n2,0\n", "text/csv")
    ).run()
    assert not app.error
    assert len(view_of(app).config.data.points) < 100
    app.file_uploader(key="points_file").set_value(("q.csv", b"x,y\n0,zero\n", "text/csv")).run()
    assert "zero" in app.error[0].value
    assert len(view_of(app).config.data.points) < 100


@pytest.mark.parametrize("penalty", ["none", "gp"])
def test_wgan_paper_settings_are_one_click_away(penalty: str) -> None:
    app = open_lab(penalty__name=penalty)
    next(b for b in app.button if b.label == "WGAN as in the paper").click().run()
    assert not app.error
    config = view_of(app).config
    assert (config.loss, config.clip, config.batch_size) == ("wgan", 0.01, 64)
    assert config.discriminator.lr == config.generator.lr == 5e-5
    assert (config.discriminator.steps, config.discriminator.optimizer) == (5, "rmsprop")


def test_a_stale_control_changes_nothing() -> None:
    """A picture asked for before a change by a button may still bring the old values."""
    app = open_lab()
    old = setting(app, "generator.lr")
    next(b for b in app.button if b.label == "WGAN as in the paper").click().run()
    assert setting(app, "generator.lr") != old
    app.session_state[old] = 0.5
    app.run()
    assert view_of(app).config.generator.lr == 5e-5
