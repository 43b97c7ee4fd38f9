SELECT rota_clock();
