package io.deepincubation.core.testing;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Java processes of their own, with the test's class path. */
public final class JavaProcess {

  private JavaProcess() {}

  /**
   * A process to be started.
   *
   * @param options of the virtual machine
   * @param main the class to run
   * @param arguments that it gets
   */
  public static ProcessBuilder of(List<String> options, Class<?> main, String... arguments) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command);
  }
}
