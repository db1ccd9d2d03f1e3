"""Top-level domains that an e-mail address may end with: the two-letter ones and the common generic ones, as data."""

# ruff: noqa: SIM905
from __future__ import annotations

TOP_LEVEL_DOMAINS = frozenset(
    """
    ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz ca cc cd cf
    cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr ga gb gd ge gf
    gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km
    kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz
    na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg
    sh si sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc
    ve vg vi vn vu wf ws ye yt za zm zw
    com org net edu gov mil int info biz name pro mobi asia jobs tel travel cat coop aero museum post arpa
    example test invalid localhost local
    app dev tech cloud online site xyz page blog email wiki group team digital agency software systems network science
    academy community company consulting design engineering foundation global institute international media news
    solutions studio support technology today tools university ventures works world zone berlin london paris nyc
    google amazon bmw
    """.split()
)
