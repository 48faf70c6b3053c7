"""A phone made of pjsua2: takes commands as lines, prints what happens as lines. Its sound is two files in its folder."""

import argparse
import importlib.metadata
import os
import select
import sys

import pjsua2 as pj


def say(text):
    print(f"phone: {text}", flush=True)


class Call(pj.Call):
    def __init__(self, phone, call_id=pj.PJSUA_INVALID_ID):
        super().__init__(phone.account, call_id)
        self.phone = phone

    def onCallState(self, prm):
        info = self.getInfo()
        if info.state == pj.PJSIP_INV_STATE_CONFIRMED:
            say("talks")
        if info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            say(f"ended {info.lastStatusCode} {info.lastReason}")
            self.phone.forget(self)

    def onCallMediaState(self, prm):
        # Kept in a name: its list is gone with it.
        info = self.getInfo()
        for index, media in enumerate(info.media):
            if media.type == pj.PJMEDIA_TYPE_AUDIO and media.status == pj.PJSUA_CALL_MEDIA_ACTIVE:
                audio = self.getAudioMedia(index)
                self.phone.player.startTransmit(audio)
                audio.startTransmit(self.phone.recorder)


class Account(pj.Account):
    def __init__(self, phone):
        super().__init__()
        self.phone = phone

    def onRegState(self, prm):
        if prm.code == 200 and prm.expiration > 0:
            say("registered")
        elif prm.code != 200:
            say(f"not registered {prm.code} {prm.reason}")

    def onIncomingCall(self, prm):
        call = Call(self.phone, prm.callId)
        self.phone.calls.append(call)
        ringing = pj.CallOpParam()
        ringing.statusCode = 180
        call.answer(ringing)
        say("rings")


class Phone:
    def __init__(self, options):
        self.options = options
        self.calls = []
        self.endpoint = pj.Endpoint()
        self.endpoint.libCreate()
        config = pj.EpConfig()
        # Python gets all events in its one thread.
        config.uaConfig.threadCnt = 0
        config.uaConfig.mainThreadOnly = True
        config.uaConfig.userAgent = "pjsua2 " + self.endpoint.libVersion().full
        config.logConfig.level = 4
        config.logConfig.consoleLevel = 4
        # It closes even a sound device that is none after a second, and plays nothing from then on.
        config.medConfig.sndAutoCloseTime = -1
        # It takes a pure tone for silence.
        config.medConfig.noVad = True
        self.endpoint.libInit(config)
        self.endpoint.audDevManager().setNullDev()
        transport = pj.TransportConfig()
        transport.port = 5060
        transport.boundAddress = options.address
        kinds = {"udp": pj.PJSIP_TRANSPORT_UDP, "tcp": pj.PJSIP_TRANSPORT_TCP}
        self.endpoint.transportCreate(kinds[options.transport], transport)
        self.endpoint.libStart()
        for codec in self.endpoint.codecEnum2():
            self.endpoint.codecSetPriority(codec.codecId, 255 if codec.codecId.startswith("PCMU") else 0)
        self.player = pj.AudioMediaPlayer()
        self.player.createPlayer(os.path.join(options.folder, "tone.wav"))
        self.recorder = pj.AudioMediaRecorder()
        self.recorder.createRecorder(os.path.join(options.folder, "heard.wav"))
        self.account = Account(self)
        self.account.create(self.account_config())

    def uri(self, user):
        return f"sip:{user}@{self.options.exchange};transport={self.options.transport}"

    def account_config(self):
        config = pj.AccountConfig()
        config.idUri = f"sip:{self.options.username}@{self.options.exchange}"
        config.regConfig.registrarUri = self.uri("").replace("@", "")
        config.regConfig.timeoutSec = int(self.options.expires)
        config.sipConfig.authCreds.append(
            pj.AuthCredInfo("digest", "*", self.options.username, 0, os.environ["PHONE_PASSWORD"])
        )
        return config

    def forget(self, call):
        # Not inside its own callback: the object is still in use there.
        self.calls = [other for other in self.calls if other is not call]
        self.ended = call

    def obey(self, words):
        command, *rest = words
        call = self.calls[-1] if self.calls else None
        prm = pj.CallOpParam(True)
        if command == "dial":
            call = Call(self)
            self.calls.append(call)
            call.makeCall(self.uri(rest[0]), prm)
        elif call is None:
            say(f"no call to {command}")
        elif command == "answer":
            prm.statusCode = 200
            call.answer(prm)
        elif command == "hang-up":
            call.hangup(prm)
        elif command == "hold":
            call.setHold(prm)
        elif command == "resume":
            prm.opt.flag = pj.PJSUA_CALL_UNHOLD
            call.reinvite(prm)
        elif command == "transfer":
            call.xfer(self.uri(rest[0]), prm)

    def live(self):
        version = importlib.metadata.version("pjsua2-python")
        say(f"pjsua2 {version} is ready")
        typed = b""
        while True:
            self.endpoint.libHandleEvents(20)
            if not select.select([0], [], [], 0)[0]:
                continue
            chunk = os.read(0, 4096)
            if not chunk:
                return
            *lines, typed = (typed + chunk).split(b"\n")
            for line in lines:
                try:
                    self.obey(line.decode().split())
                except pj.Error as error:
                    say(f"failed {line.decode()}: {error.info()}")


def main():
    parser = argparse.ArgumentParser()
    for name in ("address", "exchange", "transport", "username", "folder", "expires"):
        parser.add_argument(f"--{name}", required=True)
    Phone(parser.parse_args()).live()
    sys.stdout.flush()
    # The library's own end waits for answers of an exchange that may be gone.
    os._exit(0)


main()
