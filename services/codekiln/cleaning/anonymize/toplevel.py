"""Top-level domains that an e-mail address may end with: the two-letter ones and the common generic ones, as data."""

# ruff: noqa: SIM905
from __future__ import annotations

TOP_LEVEL_DOMAINS = frozenset(
    """
    ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz ca cc cd
    cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr ga gb gd
    ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg
    kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv
    mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa
    sb sc sd se sg sh si sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug
    uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw com org net edu gov mil int info biz name pro mobi asia jobs
    tel travel cat coop aero museum post arpa example test invalid localhost local app dev tech cloud online site xyz
    page blog email wiki group team digital agency software systems network science academy community company
    consulting design engineering foundation global institute international media news solutions studio support
    technology today tools university ventures works world zone berlin london paris nyc google amazon bmw army art
    associates audio band bank bar beer best bike bio black blue boutique build business cafe camp capital care
    careers cash center chat church city clinic click clothing club coach codes coffee college cologne computer
    consultants contractors cool country coupons credit dance dating deals dental direct directory dog domains earth
    education energy enterprises events exchange expert express family fan farm fashion finance financial fish fit
    fitness football forsale fun fund furniture fyi gallery games garden gift gives glass gmbh gold golf graphics
    green guide guru hamburg haus health help hiphop hockey holdings holiday horse hospital house inc industries ink
    insure investments ist kaufen kim kitchen koeln krd land lat law lawyer legal lgbt life lighting limited limo link
    live llc loan lol love ltd ltda luxury maison management market marketing mba memorial men miami moda money
    monster movie navy ngo ninja nrw observer okinawa ong ooo organic partners parts party photo photography photos
    pics pictures pizza place plus poker press productions promo properties pub quebec recipes red rehab reisen rent
    rentals repair report republican rest restaurant reviews rip rocks ruhr run sale salon sarl school schule scot
    services sexy shop shopping show singles soccer social solar soy space sport store style sucks supply surf surgery
    swiss sydney tax taxi tattoo tennis theater tienda tips tires tokyo top tours town toys trade training tube vegas
    vet viajes video villas vin vip vision vodka vote voyage wang wales watch website wedding wien win wine wtf yachts
    yoga yokohama
    """.split()
)
