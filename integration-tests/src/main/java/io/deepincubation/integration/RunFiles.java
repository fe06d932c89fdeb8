package io.deepincubation.integration;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A run's folder as anyone may look at it, at any time.
 *
 * @param folder on this machine
 */
public record RunFiles(Path folder) {

  private static final Pattern ROUND = Pattern.compile("round-(\\d+)\\.json");

  /** A stage's result, once it is committed. */
  public Optional<JsonObject> result(String stage) {
    return resultText(stage).map(text -> JsonParser.parseString(text).getAsJsonObject());
  }

  /** The result file's text, once the stage is committed. */
  public Optional<String> resultText(String stage) {
    try {
      return Optional.of(Files.readString(folder.resolve(stage).resolve("result.json")));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the result of " + stage + " in " + folder, e);
    }
  }

  /** SHA-256 of the weights of each committed stage among these. */
  public Map<String, String> digests(List<String> stages) {
    var digests = new TreeMap<String, String>();
    for (String stage : stages) {
      result(stage).ifPresent(found -> digests.put(stage, found.get("sha256").getAsString()));
    }
    return digests;
  }

  /** Modules that are being trained: they have a checkpoint, and no result. */
  public List<Integer> modulesInTheMiddle(int modules) {
    return IntStream.range(0, modules).filter(i -> isInTheMiddle("modules/" + i)).boxed().toList();
  }

  /** Modules that are committed. */
  public List<Integer> finishedModules(int modules) {
    return IntStream.range(0, modules)
        .filter(i -> resultText("modules/" + i).isPresent())
        .boxed()
        .toList();
  }

  /** Whether a stage is being trained: it has a checkpoint, and no result. */
  public boolean isInTheMiddle(String stage) {
    return hasCheckpoint(stage.replace('/', '-')) && resultText(stage).isEmpty();
  }

  /** The round that a stage of several workers is in. */
  public OptionalInt round(String stage) {
    Path state = folder.resolve("checkpoints").resolve(stage.replace('/', '-'));
    try (Stream<Path> files = Files.list(state)) {
      return files
          .map(file -> ROUND.matcher(file.getFileName().toString()))
          .filter(Matcher::matches)
          .mapToInt(matcher -> Integer.parseInt(matcher.group(1)))
          .max();
    } catch (NoSuchFileException e) {
      return OptionalInt.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot list the rounds of " + stage, e);
    }
  }

  /** All attempts at tasks that the run's drivers saw. */
  public List<JsonObject> attempts() {
    try {
      return Files.readAllLines(folder.resolve("attempts.jsonl")).stream()
          .map(line -> JsonParser.parseString(line).getAsJsonObject())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the attempts in " + folder, e);
    }
  }

  private boolean hasCheckpoint(String name) {
    try (Stream<Path> files = Files.list(folder.resolve("checkpoints").resolve(name))) {
      return files.anyMatch(file -> file.toString().endsWith(".json"));
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot list the checkpoints of " + name, e);
    }
  }
}
