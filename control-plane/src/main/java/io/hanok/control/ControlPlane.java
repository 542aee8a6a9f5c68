package io.hanok.control;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Starts the control plane: everything that decides, over one PostgreSQL. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class ControlPlane {
  public static void main(String[] args) {
    SpringApplication.run(ControlPlane.class, args);
  }
}
