package io.deepincubation.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher where a container would run it: no environment but a path, no locale, no home, a
 * user that is a number without a name, and a file system that can be written in one folder alone.
 */
class ContainerTest {

  private static final Duration LIMIT = Duration.ofMinutes(10);

  /** Runs the rest as user 4321 with the root read-only and /tmp empty, all rights given up. */
  private static final String CONTAINER =
      """
      mount -o remount,bind,ro / || exit 90
      mount -t tmpfs -o size=2g tmpfs /tmp || exit 90
      ! id -un 2>/dev/null || exit 90
      cd /
      exec env -i PATH="$PATH" JAVA_HOME="$JAVA_HOME" setpriv --bounding-set -all --inh-caps -all --ambient-caps -all "$@"
      """;

  /** What is done inside; names beyond ASCII as bytes, whatever the locale of this process is. */
  private static final String SESSION =
      """
      set -e
      "$0" doctor
      mkdir -p /tmp/photos/ant /tmp/photos/$'M\\xc3\\xbcller'
      for class in /tmp/photos/*; do cp "$1" "$class"; done
      "$0" prepare --from file:/tmp/photos --to file:/tmp/set
      out=/tmp/$'my out/\\xc3\\x9cbung'
      "$0" quickstart --train-images 200 --test-images 40 --out "$out"
      [ -s "$out/run/report.html" ] && echo the report is there
      ! touch /outside 2>/dev/null
      """;

  private static final List<String> NAMESPACES =
      List.of("unshare", "--user", "--map-user=4321", "--map-group=4321", "--mount", "--keep-caps");

  @TempDir private Path logs;

  @Test
  void trainsAndReportsWithNothingButAPathAndOneFolder() throws IOException {
    assumeThat(LocalProcess.start("probe", command("true"), Map.of(), logs).awaitExit(LIMIT))
        .as("user namespaces, and a root that can be made read-only")
        .isZero();
    LocalProcess container =
        LocalProcess.start(
            "container",
            command("bash", "-c", SESSION, launcher().toString(), picture().toString()),
            Map.of("JAVA_HOME", System.getProperty("java.home")),
            logs);

    assertThat(container.awaitExit(LIMIT)).as(container.err()).isZero();

    assertThat(container.out())
        .containsPattern("locale +ok +names of files are UTF-8")
        .contains("All is well.")
        .contains("2 classes: Müller, ant")
        .contains("Report: /tmp/my out/Übung/run/report.html", "the report is there");
    assertThat(container.err()).doesNotContain("\tat ");
  }

  /** A picture outside of the folder that is emptied. */
  private static Path picture() throws IOException {
    Path file = Files.createDirectories(Path.of("target", "container")).resolve("picture.png");
    ImageIO.write(new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB), "png", file.toFile());
    return file.toAbsolutePath();
  }

  private static List<String> command(String... inside) {
    return Stream.of(NAMESPACES, List.of("bash", "-c", CONTAINER, "container"), List.of(inside))
        .flatMap(List::stream)
        .toList();
  }

  private static Path launcher() {
    Path root = Artefacts.allJar().resolve("../../../").normalize();
    Path launcher = root.resolve("bin/deep-incubation");
    assertThat(Files.isExecutable(launcher)).as("%s", launcher).isTrue();
    return launcher;
  }
}
