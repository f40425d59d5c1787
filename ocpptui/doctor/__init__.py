"""Why a charge point does not get in: the steps of connecting, each tried by itself, judged and explained."""
