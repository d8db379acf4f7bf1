module micromdm
