package io.deepincubation.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The Jupyter notebook for PySpark, run by Jupyter's client in a kernel of its own. It needs {@code
 * python3} and, once, the Python package index.
 */
class JupyterNotebookTest {

  private static final Path NOTEBOOK =
      Path.of("../notebooks/quickstart.ipynb").toAbsolutePath().normalize();

  @TempDir private Path folder;

  @Test
  void everyCellComesToItsEndAndTellsTheResult() throws IOException {
    String said =
        PythonVenv.frozen("requirements-notebook.txt", folder.resolve("logs"))
            .with(
                Map.of(
                    "JAVA_HOME",
                    System.getProperty("java.home"),
                    "SPARK_LOCAL_IP",
                    "127.0.0.1",
                    "DEEP_INCUBATION_JAR",
                    Artefacts.allJar().toString(),
                    "DEEP_INCUBATION_FOLDER",
                    "file:" + folder.resolve("files"),
                    "DEEP_INCUBATION_IMAGES",
                    "200 100",
                    "DEEP_INCUBATION_CHANGES",
                    "meta.epochs=1 meta.warm-up-epochs=0 incubation.epochs=1"
                        + " incubation.warm-up-epochs=0 fine-tuning.epochs=1"))
            .script("notebook.py", "run", NOTEBOOK.toString());

    assertThat(said)
        .contains("32 layers in 4 modules", "top-1 of the target model: ", "<text/html>")
        .contains("modules/3")
        .containsPattern(Pattern.compile("right: \\d+ of 100"));
    try (var curves = Files.list(folder.resolve("files/run/tensorboard/final"))) {
      assertThat(curves).isNotEmpty();
    }
  }
}
