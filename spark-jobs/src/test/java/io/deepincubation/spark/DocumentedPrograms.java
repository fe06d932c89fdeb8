package io.deepincubation.spark;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** The Java programs in documents, compiled as they stand: imports, then statements. */
final class DocumentedPrograms {

  private static final Path ROOT = Path.of("..");
  private static final Pattern FENCED = Pattern.compile("(?s)```java\n(.*?)```");
  private static final Pattern IN_A_COMMENT =
      Pattern.compile("(?s) \\* <pre>\\{@code\n(.*?) \\* \\}</pre>");
  private static final Pattern IMPORT = Pattern.compile("(?m)^import .*;\n");

  /** What a program finds there. */
  private static final String FRAME =
      """
      %s
      public class Program {
        public static org.apache.spark.sql.SparkSession spark;
        public static org.apache.spark.sql.Dataset<org.apache.spark.sql.Row> images;
        public static java.nio.file.Path path;

        public static void run() throws Exception {
      %s
        }
      }
      """;

  /**
   * One program.
   *
   * @param where its document
   * @param text imports and statements
   */
  record Program(Path where, String text) {

    /** The same with some texts replaced. */
    Program with(Map<String, String> replaced) {
      String other = text;
      for (Map.Entry<String, String> one : replaced.entrySet()) {
        if (!other.contains(one.getKey())) {
          throw new IllegalArgumentException("Expected " + one.getKey() + " in " + where);
        }
        other = other.replace(one.getKey(), one.getValue());
      }
      return new Program(where, other);
    }

    /**
     * Compiles it.
     *
     * @param classes the folder for its class
     * @return the compiler's complaints, nothing if there are none
     */
    String compile(Path classes) {
      var said = new StringWriter();
      List<String> options =
          List.of(
              "-proc:none",
              "-cp",
              System.getProperty("java.class.path", ""),
              "-d",
              classes.toString());
      ToolProvider.getSystemJavaCompiler()
          .getTask(said, null, null, options, null, List.of(source()))
          .call();
      return said.toString();
    }

    private JavaFileObject source() {
      String imports =
          IMPORT.matcher(text).results().map(MatchResult::group).collect(Collectors.joining());
      String code = String.format(Locale.ROOT, FRAME, imports, IMPORT.matcher(text).replaceAll(""));
      return new SimpleJavaFileObject(
          URI.create("memory:///Program.java"), JavaFileObject.Kind.SOURCE) {
        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
          return code;
        }
      };
    }

    /** Runs what was compiled into a folder. */
    void run(Path classes, SparkSession spark, Dataset<Row> images)
        throws IOException, ReflectiveOperationException {
      URL[] urls = {classes.toUri().toURL()};
      try (var loader = new URLClassLoader(urls, Program.class.getClassLoader())) {
        Class<?> program = loader.loadClass("Program");
        program.getField("spark").set(null, spark);
        program.getField("images").set(null, images);
        program.getMethod("run").invoke(null);
      } catch (InvocationTargetException e) {
        throw new IllegalStateException("Cannot run the program of " + where, e.getCause());
      }
    }

    @Override
    public String toString() {
      return where.toString();
    }
  }

  private DocumentedPrograms() {}

  /** Those of all documents, and of the Javadoc of the package that programs use. */
  static List<Program> all() {
    return Stream.of(
            Stream.of(readme(), packageComment()),
            documents().flatMap(document -> of(document, FENCED)))
        .flatMap(programs -> programs)
        .distinct()
        .toList();
  }

  /** That of the README. */
  static Program readme() {
    return of(ROOT.resolve("README.md"), FENCED).findFirst().orElseThrow();
  }

  /** That of the Javadoc. */
  static Program packageComment() {
    Path file = ROOT.resolve("spark-jobs/src/main/java/io/deepincubation/spark/package-info.java");
    Program found = of(file, IN_A_COMMENT).findFirst().orElseThrow();
    return new Program(file, found.text().replaceAll("(?m)^ \\* ?", ""));
  }

  private static Stream<Path> documents() {
    try (Stream<Path> files = Files.walk(ROOT.resolve("docs"))) {
      return files.filter(file -> file.toString().endsWith(".md")).sorted().toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot list documents", e);
    }
  }

  private static Stream<Program> of(Path file, Pattern block) {
    try {
      return block
          .matcher(Files.readString(file))
          .results()
          .map(result -> new Program(file, result.group(1)));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file, e);
    }
  }
}
