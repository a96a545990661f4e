/**
 * The chart of the International Commission on Stratigraphy as Specify 7.12 loads it into each new discipline of geology or
 * palaeontology. A line is a period, indented below the one that it belongs to: name, then start and end in millions of years before
 * now, each with its uncertainty. A period without end lasts.
 */
export const PERIODS = `
Cenozoic | 66
  Neogene | 23.04 – 2.58
    Miocene | 23.04 – 5.333
      Aquitanian | 23.03 – 20.45
      Burdigalian | 20.45 – 15.98
      Langhian | 15.98 – 13.82
      Messinian | 7.246 – 5.333
      Serravallian | 13.82 – 11.63
      Tortonian | 11.63 – 7.246
    Pliocene | 5.333 – 2.58
      Piacenzian | 3.6 – 2.58
      Zanclean | 5.333 – 3.6
  Paleogene | 66 – 23.04
    Eocene | 56 – 33.9
      Bartonian | 41.03 – 37.71
      Lutetian | 48.07 – 41.03
      Priabonian | 37.71 – 33.9
      Ypresian | 56 – 48.07
    Oligocene | 33.9 – 23.04
      Chattian | 27.3 – 23.04
      Rupelian | 33.9 – 27.3
    Paleocene | 66 – 56
      Danian | 66 – 61.66
      Selandian | 61.66 – 59.24
      Thanetian | 59.24 – 56
  Quaternary | 2.58
    Holocene | 0.0117
      Greenlandian | 0.0117 – 0.0082
      Meghalayan | 0.0042
      Northgrippian | 0.0082 – 0.0042
    Pleistocene | 2.58 – 0.0117
      Calabrian | 1.8 – 0.774
      Chibanian | 0.774 – 0.129
      Gelasian | 2.58 – 1.8
      Upper Pleistocene | 0.129 – 0.0117
Mesozoic | 251.902 ±0.024 – 66
  Cretaceous | 143.1 ±0.6 – 66
    Lower Cretaceous | 143.1 ±0.6 – 100.5 ±0.1
      Albian | 113.2 ±0.3 – 100.5 ±0.1
      Aptian | 121.4 ±0.6 – 113.2 ±0.3
      Barremian | 125.77 – 121.4 ±0.6
      Berriasian | 143.1 ±0.6 – 137.05 ±0.2
      Hauterivian | 132.6 ±0.6 – 125.77
      Valanginian | 137.05 ±0.2 – 132.6 ±0.6
    Upper Cretaceous | 100.5 ±0.1 – 66
      Campanian | 83.6 ±0.2 – 72.2 ±0.2
      Cenomanian | 100.5 ±0.1 – 93.9 ±0.2
      Coniacian | 89.8 ±0.3 – 85.7 ±0.2
      Maastrichtian | 72.2 ±0.2 – 66
      Santonian | 85.7 ±0.2 – 83.6 ±0.2
      Turonian | 93.9 ±0.2 – 89.8 ±0.3
  Jurassic | 201.4 ±0.2 – 143.1 ±0.6
    Lower Jurassic | 201.4 ±0.2 – 174.7 ±0.8
      Hettangian | 201.4 ±0.2 – 199.5 ±0.3
      Pliensbachian | 192.9 ±0.3 – 184.2 ±0.3
      Sinemurian | 199.5 ±0.3 – 192.9 ±0.3
      Toarcian | 184.2 ±0.3 – 174.7 ±0.8
    Middle Jurassic | 174.7 ±0.8 – 161.5 ±1
      Aalenian | 174.7 ±0.8 – 170.9 ±0.8
      Bajocian | 170.9 ±0.8 – 168.2 ±1.2
      Bathonian | 168.2 ±1.2 – 165.3 ±1.1
      Callovian | 165.3 ±1.1 – 161.5 ±1
    Upper Jurassic | 161.5 ±1 – 143.1 ±0.6
      Kimmeridgian | 154.8 ±0.8 – 149.2 ±0.7
      Oxfordian | 161.5 ±1 – 154.8 ±0.8
      Tithonian | 149.2 ±0.7 – 143.1 ±0.6
  Triassic | 251.902 ±0.024 – 201.4 ±0.2
    Lower Triassic | 251.902 ±0.024 – 246.7
      Induan | 251.902 ±0.024 – 249.9
      Olenekian | 249.9 – 246.7
    Middle Triassic | 246.7 – 237
      Anisian | 246.7 – 241.464 ±0.28
      Ladinian | 241.464 ±0.28 – 237
    Upper Triassic | 237 – 201.4 ±0.2
      Carnian | 237 – 227.3
      Norian | 227.3 – 205.7
      Rhaetian | 205.7 – 201.4 ±0.2
Paleozoic | 538.8 ±0.6 – 251.902 ±0.024
  Cambrian | 538.8 ±0.6 – 486.85 ±1.5
    Furongian | 497 – 486.85 ±1.5
      Jiangshanian | 494.2 – 491
      Paibian | 497 – 494.2
      Stage 10 | 491 – 486.85 ±1.5
    Miaolingian | 506.5 – 497
      Drumian | 504.5 – 500.5
      Guzhangian | 500.5 – 497
      Wuliuan | 506.5 – 504.5
    Series 2 | 521 – 506.5
      Stage 3 | 521 – 514.5
      Stage 4 | 514.5 – 506.5
    Terreneuvian | 538.8 ±0.6 – 521
      Fortunian | 538.8 ±0.6 – 529
      Stage 2 | 529 – 521
  Carboniferous | 358.86 ±0.19 – 298.9 ±0.15
    Lower Mississippian | 358.86 ±0.19 – 346.7 ±0.4
      Tournaisian | 358.86 ±0.19 – 346.7 ±0.4
    Middle Mississippian | 346.7 ±0.4 – 330.3 ±0.4
      Visean | 346.7 ±0.4 – 330.3 ±0.4
    Upper Mississippian | 330.3 ±0.4 – 323.4 ±0.4
      Serpukhovian | 330.3 ±0.4 – 323.4 ±0.4
    Lower Pennsylvanian | 323.4 ±0.4 – 315.2 ±0.2
      Bashkirian | 323.4 ±0.4 – 315.2 ±0.2
    Middle Pennsylvanian | 315.2 ±0.2 – 307 ±0.1
      Moscovian | 315.2 ±0.2 – 307 ±0.1
    Upper Pennsylvanian | 307 ±0.1 – 298.9 ±0.15
      Gzhelian | 303.7 ±0.1 – 298.9 ±0.15
      Kasimovian | 307 ±0.1 – 303.7 ±0.1
  Devonian | 419.62 ±1.36 – 358.86 ±0.19
    Lower Devonian | 419.62 ±1.36 – 393.47 ±0.99
      Emsian | 410.62 ±1.95 – 393.47 ±0.99
      Lochkovian | 419.62 ±1.36 – 413.02 ±1.91
      Pragian | 413.02 ±1.91 – 410.62 ±1.95
    Middle Devonian | 393.47 ±0.99 – 382.31 ±1.36
      Eifelian | 393.47 ±0.99 – 387.95 ±1.04
      Givetian | 387.95 ±1.04 – 382.31 ±1.36
    Upper Devonian | 382.31 ±1.36 – 358.86 ±0.19
      Famennian | 372.15 ±0.46 – 358.86 ±0.19
      Frasnian | 382.31 ±1.36 – 372.15 ±0.46
  Ordovician | 486.85 ±1.5 – 443.1 ±1
    Lower Ordovician | 486.85 ±1.5 – 471.3 ±1.4
      Floian | 477.1 ±1.2 – 471.3 ±1.4
      Tremadocian | 486.85 ±1.5 – 477.1 ±1.2
    Middle Ordovician | 471.3 ±1.4 – 458.2 ±0.7
      Dapingian | 471.3 ±1.4 – 469.4 ±0.9
      Darriwilian | 469.4 ±0.9 – 458.2 ±0.7
    Upper Ordovician | 458.2 ±0.7 – 443.1 ±1
      Hirnantian | 445.2 ±0.9 – 443.1 ±1
      Katian | 452.8 ±0.7 – 445.2 ±0.9
      Sandbian | 458.2 ±0.7 – 452.8 ±0.7
  Permian | 298.9 ±0.15 – 251.902 ±0.024
    Cisuralian | 298.9 ±0.15 – 274.4 ±0.4
      Artinskian | 290.1 ±0.26 – 283.3 ±0.4
      Asselian | 298.9 ±0.15 – 293.52 ±0.17
      Kungurian | 283.3 ±0.4 – 274.4 ±0.4
      Sakmarian | 293.52 ±0.17 – 290.1 ±0.26
    Guadalupian | 274.4 ±0.4 – 259.51 ±0.21
      Capitanian | 264.28 ±0.16 – 259.51 ±0.21
      Roadian | 274.4 ±0.4 – 266.9 ±0.4
      Wordian | 266.9 ±0.4 – 264.28 ±0.16
    Lopingian | 259.51 ±0.21 – 251.902 ±0.024
      Changhsingian | 254.14 ±0.07 – 251.902 ±0.024
      Wuchiapingian | 259.51 ±0.21 – 254.14 ±0.07
  Silurian | 443.1 ±1 – 419.62 ±1.36
    Llandovery | 443.1 ±1 – 432.9 ±1.2
      Aeronian | 440.5 ±1 – 438.6 ±1
      Rhuddanian | 443.1 ±1 – 440.5 ±1
      Telychian | 438.6 ±1 – 432.9 ±1.2
    Ludlow | 426.7 ±1.5 – 419.62 ±1.36
      Gorstian | 426.7 ±1.5 – 425 ±1.5
      Ludfordian | 425 ±1.5 – 422.7 ±1.6
    Pridoli | 422.7 ±1.6 – 419.62 ±1.36
    Wenlock | 432.9 ±1.2 – 426.7 ±1.5
      Homerian | 430.6 ±1.3 – 426.7 ±1.5
      Sheinwoodian | 432.9 ±1.2 – 430.6 ±1.3
Hadean | 4567 – 4031 ±3
Archean | 4031 ±3 – 2500
Eoarchean | 4031 ±3 – 3600
Mesoarchean | 3200 – 2800
Neoarchean | 2800 – 2500
Paleoarchean | 3600 – 3200
Proterozoic | 2500 – 538.8 ±0.6
Mesoproterozoic | 1600 – 1000
  Calymmian | 1600 – 1400
  Ectasian | 1400 – 1200
  Stenian | 1200 – 1000
Neoproterozoic | 1000 – 538.8 ±0.6
  Cryogenian | 720 – 635
  Ediacaran | 635 – 538.8 ±0.6
  Tonian | 1000 – 720
Paleoproterozoic | 2500 – 1600
  Orosirian | 2050 – 1800
  Rhyacian | 2300 – 2050
  Siderian | 2500 – 2300
  Statherian | 1800 – 1600
`;
